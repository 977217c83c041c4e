"""Files are written as a whole, or not at all."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from relpro.writing import whole_file, write_folder, write_whole


def test_a_file_takes_its_place_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(b"before")
    with whole_file(path) as file:
        file.write(b"after")
        assert path.read_bytes() == b"before"
    assert path.read_bytes() == b"after"
    assert [one.name for one in tmp_path.iterdir()] == ["plan.json"]


def test_a_link_stays_and_leads_to_what_is_written(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "there")
    write_whole(tmp_path / "link", b"content")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "there").read_bytes() == b"content"


def test_a_device_is_written_to() -> None:
    write_whole(Path(os.devnull), b"content")
    assert not Path(os.devnull).is_file()


def test_what_cannot_be_written_names_the_file_that_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        write_whole(tmp_path / "missing" / "x", b"")
    assert caught.value.filename == str(tmp_path / "missing" / "x")


def _full_at(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    names = ("parameters.yml", "plan.json")
    write_folder(tmp_path, [(name, lambda file: file.write(b"before")) for name in names])
    script = (
        "import signal, sys; from pathlib import Path; from relpro.writing import write_folder\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "small, large = (lambda f: f.write(b'after')), (lambda f: f.write(b'x' * 100000))\n"
        "write_folder(Path(sys.argv[1]), [('parameters.yml', small), ('plan.json', large)])\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        capture_output=True,
        check=False,
        preexec_fn=lambda: _full_at(4096),
    )
    assert b"File too large" in ran.stderr
    assert {one.name for one in tmp_path.iterdir()} == set(names)
    assert {(tmp_path / name).read_bytes() for name in names} == {b"before"}


#: Kills itself at the call of this number that changes a name.
KILLED = """
import os, pathlib, sys
from pathlib import Path
from relpro.writing import write_folder
count = 0
def killing(call):
    def called(*given, **named):
        global count
        if count == int(sys.argv[2]):
            os._exit(9)
        count += 1
        return call(*given, **named)
    return called
for name in ("rename", "replace", "unlink"):
    setattr(pathlib.Path, name, killing(getattr(pathlib.Path, name)))
names = ("parameters.yml", "graph.json", "plan.json")
write_folder(Path(sys.argv[1]), [(name, lambda file: file.write(b"after")) for name in names])
"""


@pytest.mark.parametrize("other", [False, True])
def test_a_kill_at_any_rename_leaves_files_of_one_build(tmp_path: Path, other: bool) -> None:
    names = ("parameters.yml", "graph.json", "plan.json")
    outcomes = []
    for moment in range(20):
        folder = tmp_path / str(moment) / "public"
        write_folder(folder, [(name, lambda file: file.write(b"before")) for name in names])
        if other:
            (folder / "log").write_bytes(b"stays")
        words = [sys.executable, "-c", KILLED, str(folder), str(moment)]
        code = subprocess.run(words, check=False).returncode
        there = [folder / name for name in names if (folder / name).exists()]
        outcomes.append((len(there), *{path.read_bytes() for path in there}))
        assert (folder / "log").exists() is other
        if code == 0:
            break
    else:
        pytest.fail("it never ended")
    assert outcomes[0] == (3, b"before")
    assert outcomes[-1] == (3, b"after")
    assert all(len(outcome) <= 2 for outcome in outcomes)  # of one build
    if not other:
        assert {outcome[0] for outcome in outcomes} <= {0, 3}  # all or nothing


def test_the_folder_in_which_one_works_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = tmp_path.stat().st_ino
    write_folder(Path(), [("a", lambda file: file.write(b"content"))])
    assert tmp_path.stat().st_ino == before
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


def test_a_folder_that_is_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "there")
    write_folder(tmp_path / "link", [("a", lambda file: file.write(b"content"))])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "there" / "a").read_bytes() == b"content"
    assert {one.name for one in tmp_path.iterdir()} == {"there", "link"}
