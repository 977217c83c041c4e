"""What text of a project can do to a terminal, and what of the environment may be published."""

import json
import os
from pathlib import Path

import pytest

from relpro.errors import Refused, RelproError
from relpro.load.kinds import load_kinds
from relpro.load.ordinary import repository_file
from relpro.plan.secrets import refuse_secrets
from relpro.writing import write_folder
from tests.cli.conftest import Run
from tests.errors.cases import Case

HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202etxt"
KIND = """\
description: "{hostile}"
tasks:
  one: {{description: "{hostile}", worker-type: nothing}}
"""


@pytest.mark.parametrize("command", ["kinds", "graph --stage full", "why app-one", "graph"])
def test_text_of_a_kind_does_nothing_to_a_terminal(
    command: str, tmp_path: Path, relpro: Run
) -> None:
    Case("hostile", "A kind.", "", {}, {}).write(tmp_path)
    escaped = HOSTILE.encode("unicode_escape").decode()
    (tmp_path / "kinds" / "build" / "bad.yml").write_text(KIND.format(hostile=escaped))
    ran = relpro(*command.split(), "--root", str(tmp_path))
    said = ran.out + ran.err
    assert said
    assert not {"\x1b", "\x07", "\u202e"} & set(said)


def test_text_of_a_graph_that_differs_does_nothing_to_a_terminal(
    tmp_path: Path, relpro: Run
) -> None:
    Case("hostile", "A graph.", "", {}, {}).write(tmp_path)
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    root = ("--root", str(tmp_path))
    assert relpro("graph", *root, "-f", "json", "-o", str(before)).code == 0
    escaped = json.dumps(HOSTILE, ensure_ascii=True)[1:-1]
    text = before.read_text()
    after.write_text(text.replace('"description":"', f'"description":"{escaped}'))
    ran = relpro("diff", str(before), str(after), *root)
    assert "owned" in ran.out
    assert not {"\x1b", "\x07", "\u202e"} & set(ran.out)


def test_a_link_that_leads_out_of_a_project_is_not_followed(tmp_path: Path) -> None:
    Case("link", "A link.", "", {}, {}).write(tmp_path / "app")
    (tmp_path / "secret").write_text("root:x:0:0\n")
    (tmp_path / "app" / "kinds" / "build" / "link.yml").symlink_to(tmp_path / "secret")
    (tmp_path / "app" / ".git").mkdir()
    (tmp_path / "app" / ".git" / "config").write_text("root:x:0:0\n")
    (tmp_path / "app" / "kinds" / "build" / "git.yml").symlink_to("../../.git/config")
    os.mkfifo(tmp_path / "app" / "kinds" / "build" / "pipe.yml")
    (tmp_path / "app" / "kinds" / "build" / "zero.yml").symlink_to("/dev/zero")
    with pytest.raises(RelproError) as caught:
        load_kinds(tmp_path / "app")
    assert [one.code for one in caught.value.diagnostics] == ["K251"] * 4
    assert "root:" not in str(caught.value)


def test_a_linked_folder_on_the_way_to_tasks_from_is_not_followed(tmp_path: Path) -> None:
    text = "description: x\ntasks-from: [../../away/secret.yml]\n"
    case = Case("folder", "A linked folder.", "", {"kinds/build/kind.yml": text}, {})
    case.write(tmp_path / "app")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.yml").write_text("root:x:0:0\n")
    (tmp_path / "app" / "away").symlink_to(tmp_path / "outside")
    with pytest.raises(RelproError) as caught:
        load_kinds(tmp_path / "app")
    assert [one.code for one in caught.value.diagnostics] == ["K251"]
    assert "root:" not in str(caught.value)


@pytest.mark.parametrize("name", [".taskcluster.yml", ".cron.yml"])
def test_a_linked_file_of_taskcluster_is_not_followed(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("root:x:0:0\n")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / name).symlink_to(tmp_path / "secret")
    with pytest.raises(RelproError) as caught:
        repository_file(tmp_path / "app", name)
    assert [one.code for one in caught.value.diagnostics] == ["K251"]


def test_an_artifact_that_holds_a_secret_is_not_written(tmp_path: Path) -> None:
    check = refuse_secrets({"TASKCLUSTER_ACCESS_TOKEN": "very-secret", "PATH": "/usr/bin/path"})
    files = [
        ("one", lambda file: file.write(b"/usr/bin/path")),
        ("other", lambda file: file.write(b"url: https://user:very-secret@host")),
        ("empty", lambda file: file.write(b"")),
    ]
    with pytest.raises(Refused, match="`other` would hold the value of `TASKCLUSTER_ACCESS_TOKEN`"):
        write_folder(tmp_path, files, check)
    assert list(tmp_path.iterdir()) == []
    write_folder(tmp_path, [files[0], files[2]], check)
