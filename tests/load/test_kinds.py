from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relpro.errors import RelproError
from relpro.load.kinds import load_kinds, merge
from relpro.model.phase import Phase


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path


def write(root: Path, **files: str) -> None:
    """Files of kinds; the word before two underscores is the phase."""
    for name, text in files.items():
        phase, _, kind = name.partition("__")
        path = root / "kinds" / phase / f"{kind}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def complaints(root: Path) -> list[str]:
    with pytest.raises(RelproError) as caught:
        load_kinds(root)
    return [f"{d.code}: {d.what}" for d in caught.value.diagnostics]


def test_the_folder_is_the_phase_and_the_file_the_name(root: Path) -> None:
    write(root, push__move="description: |\n  Move.\n")
    (kind,) = load_kinds(root).values()
    assert (kind.name, kind.phase, kind.description) == ("move", Phase.PUSH, "Move.")
    assert str(kind.origin) == "kinds/push/move.yml:1"
    assert kind.entries == ()


def test_kinds_follow_what_they_depend_on_then_phase_and_name(root: Path) -> None:
    write(
        root,
        ship__a="description: x",
        build__z="description: x",
        build__b="description: x\nkind-dependencies: [z]",
        build__a="description: x",
    )
    (root / "kinds/ship/a.yml").rename(root / "kinds/ship/c.yml")
    assert list(load_kinds(root)) == ["a", "z", "b", "c"]


def test_a_project_may_have_no_kinds_yet(root: Path) -> None:
    assert load_kinds(root) == {}


def test_other_files_beside_kinds_are_no_kinds(root: Path) -> None:
    write(root, build__a="description: x")
    (root / "kinds/build/README.md").write_text("Read me.", encoding="utf-8")
    (root / "kinds/build/folder").mkdir()
    (root / "kinds/data").mkdir()
    (root / "kinds/data/x.yml").write_text("a: 1", encoding="utf-8")
    assert list(load_kinds(root)) == ["a"]


def test_entries_have_the_defaults_and_know_where_both_were_written(root: Path) -> None:
    write(
        root,
        build__a="description: x\ntask-defaults:\n  worker: {os: linux}\n"
        "tasks:\n  one:\n    worker: {env: {}}\n",
    )
    ((entry,),) = [kind.entries for kind in load_kinds(root).values()]
    assert entry.data == {"worker": {"os": "linux", "env": {}}}
    assert str(entry.origin("worker", "env")) == "kinds/build/a.yml:6:14"
    assert str(entry.origin("worker", "os")) == "kinds/build/a.yml:3:12"
    assert str(entry.origin()) == "kinds/build/a.yml:5:3"


def test_a_large_kind_is_a_folder_and_takes_entries_from_other_files(root: Path) -> None:
    folder = root / "kinds/promote/large"
    folder.mkdir(parents=True)
    (folder / "kind.yml").write_text(
        "description: x\ntask-defaults: {retries: 1}\ntasks: {a: {}}\ntasks-from: [more.yml]\n",
        encoding="utf-8",
    )
    (folder / "more.yml").write_text("b:\n  retries: 2\nc: {}\n", encoding="utf-8")
    (kind,) = load_kinds(root).values()
    assert kind.name == "large"
    assert {entry.name: entry.data["retries"] for entry in kind.entries} == {"a": 1, "b": 2, "c": 1}
    assert str(kind.entries[1].origin("retries")) == "kinds/promote/large/more.yml:2:3"
    assert str(kind.entries[2].origin("retries")) == "kinds/promote/large/kind.yml:2:17"


@pytest.mark.parametrize("name", ["x" * 300, "more.yml/" * 600, "loop.yml", "loop.yml/x"])
def test_where_no_file_can_be_there_is_none(root: Path, name: str) -> None:
    write(root, build__a=f"description: x\ntasks-from: [../{name}]\n")
    (root / "kinds/loop.yml").symlink_to("loop.yml")
    assert complaints(root) == [
        f"K209: `tasks-from` names `../{name}`: there is no file `kinds/{name.rstrip('/')}`"
    ]


def test_no_file_has_a_null_in_its_name(root: Path) -> None:
    write(root, build__a='description: x\ntasks-from: ["a\\0b"]\n')
    assert [complaint[:4] for complaint in complaints(root)] == ["K209"]


def test_entries_may_stand_anywhere_in_the_project(root: Path) -> None:
    folder = root / "kinds/promote/large"
    folder.mkdir(parents=True)
    (root / "shared").mkdir()
    text = "description: x\ntasks-from: [../../../shared/./more.yml]\n"
    (folder / "kind.yml").write_text(text, encoding="utf-8")
    (root / "shared/more.yml").write_text("b: {}\n", encoding="utf-8")
    (entry,) = load_kinds(root)["large"].entries
    assert str(entry.origin()) == "shared/more.yml:1:1"


@pytest.mark.parametrize(
    "name", ["linux64", "x86_64/opt", "gcc-9.4.0", "a,b", "ns:x", "libc++", "@a", "1~b2", "größe"]
)
def test_an_entry_has_a_name_that_labels_have_in_the_field(root: Path, name: str) -> None:
    write(root, build__a=f"description: x\ntasks: {{'{name}': {{}}}}\n")
    assert [entry.name for entry in load_kinds(root)["a"].entries] == [name]


@pytest.mark.parametrize("name", ["", " ", "a b", "a\\nb", "{level}", "<a>", "a`b", "a*"])
def test_an_entry_has_no_name_that_labels_could_not_have(root: Path, name: str) -> None:
    write(root, build__a=f'description: x\ntasks: {{"{name}": {{}}}}\n')
    (found,) = complaints(root)
    assert found.startswith(f'K203: key "{name}" must be text of letters, digits and ')


def test_what_is_wrong_with_any_file_is_told_at_once(root: Path) -> None:
    write(root, build__a="descripton: x", build__b="tasks: []", build__c="a: [", push__c="a: [")
    assert {line[:4] for line in complaints(root)} == {"K201", "K202", "K203", "Y101"}


def test_a_kind_that_is_declared_twice_names_both_places(root: Path) -> None:
    write(root, build__a="description: x", ship__a="description: x")
    with pytest.raises(RelproError) as caught:
        load_kinds(root)
    (problem,) = caught.value.diagnostics
    assert [place.file for place in problem.where] == ["kinds/ship/a.yml", "kinds/build/a.yml"]


def test_dependencies_exist_and_are_of_no_later_phase(root: Path) -> None:
    write(
        root,
        build__a="description: x\nkind-dependencies: [b, c]",
        push__b="description: x",
    )
    assert complaints(root) == [
        "K213: kind `a` of phase build depends on `b` of phase push",
        "K205: kind `a` depends on `c`, which does not exist",
    ]


def test_a_circle_is_told_from_its_first_name(root: Path) -> None:
    for kind, needed in (("b", "c"), ("c", "a"), ("a", "b")):
        write(root, **{f"build__{kind}": f"description: x\nkind-dependencies: [{needed}]"})
    assert complaints(root) == ["K206: kinds depend on each other: a -> b -> c -> a"]


def test_a_kind_that_depends_on_itself_is_a_circle(root: Path) -> None:
    write(root, build__a="description: x\nkind-dependencies: [a]")
    assert complaints(root) == ["K206: kinds depend on each other: a -> a"]


@pytest.mark.parametrize(
    ("defaults", "value", "merged"),
    [
        ({"a": {"b": 1}}, {"a": {"c": 2}}, {"a": {"b": 1, "c": 2}}),
        ({"a": [1]}, {"a": [2]}, {"a": [1, 2]}),
        ({"a": 1}, {"a": None}, {"a": None}),
        ({"a": {"by-x": {"y": 1}}}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": {"b": 1}}, {"a": {"by-x": {"y": 1}}}, {"a": {"by-x": {"y": 1}}}),
        ({"a": {"by-x": {"y": 1}}}, {"a": {"by-x": {"z": 1}}}, {"a": {"by-x": {"z": 1}}}),
        ({"a": [1]}, {"a": {"b": 1}}, {"a": {"b": 1}}),
    ],
)
def test_an_entry_is_merged_over_its_defaults(defaults: Any, value: Any, merged: Any) -> None:
    assert merge(defaults, value) == merged


_trees = st.recursive(
    st.integers() | st.lists(st.integers(), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(_trees, _trees)
def test_merging_changes_neither_side_and_loses_no_key(defaults: Any, value: Any) -> None:
    before = repr((defaults, value))
    made = merge(defaults, value)
    assert repr((defaults, value)) == before
    if isinstance(defaults, dict) and isinstance(value, dict):
        assert made.keys() == defaults.keys() | value.keys()
        assert merge({}, value) == value
        assert merge(defaults, {}) == defaults
    elif not (isinstance(defaults, list) and isinstance(value, list)):
        assert made == value


def test_files_that_nobody_would_read_are_told(root: Path) -> None:
    write(root, biuld__app="description: App.\n", push__move="description: Move.\n")
    (root / "kinds" / "push" / "checksums.yaml").write_text("description: Sums.\n")
    (root / "kinds" / "data").mkdir()
    assert complaints(root) == [
        "K214: `biuld` is not a phase: the files in its folder would not be read",
        "K214: `checksums.yaml` would not be read: the files of kinds end in `.yml`",
    ]


def test_a_file_of_tasks_has_defaults_of_its_own_over_those_of_the_kind(tmp_path: Path) -> None:
    folder = tmp_path / "kinds" / "build" / "app"
    folder.mkdir(parents=True)
    (folder / "kind.yml").write_text(
        "description: Build.\n"
        "task-defaults: {priority: low, tags: {a: '1'}}\n"
        "tasks-from: [more.yml]\n"
    )
    (folder / "more.yml").write_text(
        "task-defaults:\n  priority: high\n  tags: {b: '2'}\none:\n  description: One\n"
    )
    kind = load_kinds(tmp_path)["app"]
    (entry,) = kind.entries
    assert (entry.name, entry.data["priority"]) == ("one", "high")
    assert entry.data["tags"] == {"a": "1", "b": "2"}
    assert str(entry.origin("priority")) == "kinds/build/app/more.yml:2:3"
    assert str(entry.origin("tags", "a")).startswith("kinds/build/app/kind.yml:2")


def test_no_key_of_a_kind_becomes_a_task(tmp_path: Path) -> None:
    folder = tmp_path / "kinds" / "build"
    folder.mkdir(parents=True)
    (folder / "app.yml").write_text(
        "description: Build.\ntasks:\n  task-defaults: {priority: low}\n  one: {description: One}\n"
    )
    with pytest.raises(RelproError, match="no task can be called `task-defaults`") as error:
        load_kinds(tmp_path)
    (problem,) = error.value.diagnostics
    assert str(problem.where[0]).startswith("kinds/build/app.yml:3")
