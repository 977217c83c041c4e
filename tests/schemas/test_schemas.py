from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

import pytest

from relpro import schemas
from relpro.schemas.wording import json_path


def files(folder: Traversable, prefix: str = "") -> list[str]:
    found: list[str] = []
    for item in folder.iterdir():
        name = f"{prefix}{item.name}"
        if item.is_dir():
            found += files(item, f"{name}/")
        elif name.endswith(".json"):
            found.append(name)
    return sorted(found)


ROOT = resources.files(schemas)
NAMES = files(ROOT)
SCHEMAS = [name for name in NAMES if PurePosixPath(name).name != "constants.json"]


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_compiles_with_everything_it_refers_to(name: str) -> None:
    assert "$const" not in str(schemas.schema(name))
    assert not schemas.validator(name).is_valid([])


def test_every_file_and_no_other_has_its_source_and_licence_stated() -> None:
    lines = ROOT.joinpath("SOURCES.txt").read_text(encoding="utf-8").splitlines()
    stated = [line for line in lines if line.endswith(".json") and not line.startswith(" ")]
    assert sorted(stated) == NAMES
    assert sum(line.startswith("    licence: ") for line in lines) == len(NAMES)


def test_actions_with_a_hook_fit_the_actions_schema() -> None:
    hook = {
        "kind": "hook",
        "name": "release-promotion",
        "title": "Promote",
        "description": "Promotes a release",
        "context": [],
        "hookGroupId": "project-app",
        "hookId": "in-tree-action-3-release-promotion/0123456789",
        "hookPayload": {"decision": {}},
    }
    name = "taskcluster/actions/action-schema-v1.json"
    whole = {"version": 1, "variables": {}, "actions": [hook]}
    assert list(schemas.problems(name, whole)) == []
    lame = {**whole, "actions": [{k: v for k, v in hook.items() if k != "hookId"}]}
    assert list(schemas.problems(name, lame)) == ["`actions[0]` lacks `hookId`"]


def test_a_brace_in_a_pattern_of_a_script_is_read_as_python_reads_it() -> None:
    name = "landoscript/landoscript_task_schema.json"
    info = {"to_branch": "beta", "base_tag": "APP_{major_version}_BASE"}
    body = {"payload": {"actions": ["merge_day"], "merge_info": info}}
    assert list(schemas.problems(name, body)) == []
    wrong = {"payload": {"actions": ["merge_day"], "merge_info": {**info, "base_tag": "BASE"}}}
    assert len(list(schemas.problems(name, wrong))) == 1


def test_a_long_value_is_shortened() -> None:
    name = "taskcluster/docker-worker/v1/payload.json"
    (text,) = schemas.problems(name, {"image": "a", "maxRunTime": "x" * 5000}, "payload")
    assert text.startswith('`payload.maxRunTime` is `"xxx')
    assert len(text) < 150


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ((), ""),
        (("payload", "paths", 0), "payload.paths[0]"),
        (("artifacts", "public/a.zip", "type"), 'artifacts["public/a.zip"].type'),
        (("env", ""), 'env[""]'),
        ((0, "taskId"), "[0].taskId"),
    ],
)
def test_a_json_path_reads_as_people_write_it(parts: tuple[str | int, ...], path: str) -> None:
    assert json_path(parts) == path
