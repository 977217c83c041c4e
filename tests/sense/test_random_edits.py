"""Random edits of a small release: the rules find what a slow, plain model finds, and no more."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from relpro.errors import Diagnostic, RelproError
from relpro.graph.taskgraph import TaskGraph
from relpro.pipeline import Pipeline
from tests.sense.plain_model import Finding, World
from tests.sense.release import CONFIG, FOLDER, Kinds, kinds, write

CODES = {"G362", "G363", "G364", "G365", "G366", "G367", "G380", "G381", "G383"}
VALUES: dict[str, Any] = {
    "release_product": "widget",
    "version": "1.0",
    "project": "main",
    "level": "3",
    "head_rev": "a" * 40,
    "head_repository": "https://example.com/widget",
    "repository_type": "git",
    "owner": "owner@example.com",
    "build_date": 1,
}
_FIRST = re.compile(r"`([^`]+)`")


@attrs.frozen
class Edit:
    """One change of the kinds."""

    name: str
    make: Callable[[dict[str, Kinds]], None] = attrs.field(repr=False, eq=False)


def task_of(made: dict[str, Kinds], kind: str) -> Kinds:
    task: Kinds = made[kind]["tasks"]["all"]
    return task


def destinations(made: dict[str, Kinds], kind: str) -> list[str]:
    (item,) = task_of(made, kind)["worker"]["artifact-map"]
    (said,) = item["paths"].values()
    found: list[str] = said["destinations"]
    return found


def _uploads() -> Iterator[Edit]:
    """Destinations without platform or locale, twice, ill-formed, elsewhere, or not pushed."""
    changes = {
        "no platform": lambda path: path.replace("{platform}", "linux"),
        "no locale": lambda path: path.replace("{locale}", "de"),
        "leading slash": lambda path: f"/{path}",
        "parent": lambda path: path.replace("{platform}", "../../x"),
        "empty part": lambda path: path.replace("{locale}/", "/"),
        "blank": lambda path: f"{path} ",
        "scheme": lambda path: f"https://{path}",
        "another build": lambda path: path.replace("build1", "build2"),
        "another product": lambda path: path.replace("pub/widget", "pub/gadget"),
        "excluded": lambda path: path.replace("widget-1.0.tar.xz", "widget-1.0.tests.tar.xz"),
        "zip": lambda path: path.replace(".tar.xz", ".zip"),
        "log": lambda path: path.replace(".mar", ".log"),
        "renamed": lambda path: path.replace("widget-1.0", "widget"),
        "released": lambda path: path.replace("candidates/1.0-candidates/build1", "releases/1.0"),
        "of an address": lambda path: path.replace(".", "%2E", 1),
        "query": lambda path: f"{path}?build=1",
        "backslash": lambda path: path.replace("/{", "\\{", 1),
        "unseen": lambda path: f"{path}\u200b",
        "other folder": lambda path: path.replace("{platform}", "{platform}-x"),
    }
    for kind, at in (("upload", 0), ("upload", 1), ("sums", 0)):
        for name, change in changes.items():

            def edit(
                made: dict[str, Kinds],
                kind: str = kind,
                at: int = at,
                change: Callable[[str], str] = change,
            ) -> None:
                paths = destinations(made, kind)
                paths[at] = change(paths[at])

            yield Edit(f"{kind} {at}: {name}", edit)
    yield from _further_uploads()


def _further_uploads() -> Iterator[Edit]:
    """Destinations besides those that there are: the same, or nearly the same."""
    yield Edit(
        "twice", lambda made: destinations(made, "upload").append(destinations(made, "upload")[0])
    )
    yield Edit(
        "capitals",
        lambda made: destinations(made, "sums").append(
            destinations(made, "upload")[0].replace("widget-", "Widget-")
        ),
    )
    yield Edit(
        "file and folder",
        lambda made: destinations(made, "sums").append(f"{destinations(made, 'upload')[0]}/a"),
    )
    yield Edit(
        "for both",
        lambda made: destinations(made, "sums").append(
            destinations(made, "sums")[0].replace("{platform}", "win")
        ),
    )
    yield Edit(
        "more", lambda made: destinations(made, "sums").append(destinations(made, "upload")[1])
    )


#: Text of the paths to which download names lead -> what they say in its place.
RENAMES = (
    ("tar.xz", "tar.bz2"),
    ("releases/1.0", "releases/1.1"),
    (":lang", "de"),
    ("/win/", "/linux/"),
)


def _workers() -> Iterator[Edit]:
    """Products, versions, builds, names, aliases, channels and rules of scripts."""
    values: list[tuple[str, str, Any]] = [
        ("push", "build-number", 2),
        ("push", "product", "gadget"),
        ("push", "version", "1.1"),
        ("push", "bucket", "dep"),
        ("toplevel", "product", "gadget"),
        ("toplevel", "build-number", 2),
        ("toplevel", "update-line", {"": [], "-C": []}),
        ("toplevel", "channel-names", ["main"]),
        ("toplevel", "rules-to-update", ["test", "beta-test"]),
        ("toplevel", "rules-to-update", ["7"]),
        ("toplevel", "server", "dep"),
        ("again", "build-number", 3),
        ("again", "channel-names", ["main"]),
        ("schedule", "version", "1.1"),
        ("schedule", "publish-rules", [8]),
        ("schedule", "publish-rules", [7, 7]),
        ("mark", "release-name", "Widget-1.0-build2"),
        ("aliases", "server", "staging"),
        ("names", "server", "staging"),
        ("names", "locales", ["de"]),
        ("names", "locales", ["de", "fr", "it"]),
        ("aliases", "aliases-entries", {"latest": "Widget-1.1"}),
        ("aliases", "aliases-entries", {"latest ": "Widget-1.0"}),
        ("aliases", "aliases-entries", {"latest": "Widget-1.0", "Latest": "Widget-1.0"}),
        ("aliases", "aliases-entries", {"a": "Widget-1.0-Complete", "b": "Widget-1.0-Complete"}),
    ]
    for kind, key, value in values:

        def edit(
            made: dict[str, Kinds], kind: str = kind, key: str = key, value: Any = value
        ) -> None:
            task_of(made, kind)["worker"][key] = value

        yield Edit(f"{kind}: {key} {value}", edit)
    for old, new in RENAMES:

        def rename(made: dict[str, Kinds], old: str = old, new: str = new) -> None:
            for entry in task_of(made, "names")["worker"]["submission-entries"].values():
                paths = entry["paths-per-bouncer-platform"]
                entry["paths-per-bouncer-platform"] = {
                    platform: path.replace(old, new) for platform, path in paths.items()
                }

        yield Edit(f"names: {old} -> {new}", rename)


def _edges() -> Iterator[Edit]:
    """Edges that are gone, kinds of another phase, platforms and locales that a kind lacks."""
    for kind, needs in (
        ("verify", "upload-win-de"),
        ("verify", "submit-linux-fr"),
        ("submit", "top"),
        ("submit", "upload"),
        ("again", "toplevel"),
        ("push", "verify"),
        ("check", "push"),
        ("mark", "aliases"),
        ("mark", "schedule"),
        ("aliases", "check"),
    ):

        def forget(made: dict[str, Kinds], kind: str = kind, needs: str = needs) -> None:
            task_of(made, kind)["dependencies"].pop(needs, None)

        yield Edit(f"{kind} without {needs}", forget)
    for kind, phase in (
        ("names", "push"),
        ("names", "ship"),
        ("toplevel", "build"),
        ("upload", "build"),
        ("aliases", "push"),
        ("push", "promote"),
        ("sums", "push"),
    ):

        def move(made: dict[str, Kinds], kind: str = kind, phase: str = phase) -> None:
            made[kind]["phase"] = phase

        yield Edit(f"{kind} in {phase}", move)
    for kind, axis, left in (("sums", "platform", "win"), ("sums", "locale", "fr")):

        def lack(
            made: dict[str, Kinds], kind: str = kind, axis: str = axis, left: str = left
        ) -> None:
            matrix = task_of(made, kind)["matrix"]
            task_of(made, kind)["matrix"] = {**matrix, axis: [left]}

        yield Edit(f"{kind}: only {left}", lack)


def _effects() -> Iterator[Edit]:
    """What commands read and write."""
    for kind, part, place, keys in (
        ("submit", "reads", "blob", ["release/Widget-1.0-build2"]),
        ("submit", "writes", "update", ["release/Widget-1.0-build1/{platform}"]),
        ("submit", "writes", "update", ["release/Widget-1.0-build1/{platform}/{locale}/"]),
        ("verify", "reads", "channel", ["release/Widget-1.0-build1/beta"]),
        ("verify", "reads", "object", [f"release/{FOLDER}/*/*.exe"]),
        ("verify", "reads", "object", [f"release/{FOLDER}/"]),
        (
            "verify",
            "outside",
            "object",
            ["release/pub/widget/releases/1.0/linux/de/widget-1.0.tar.xz"],
        ),
        ("verify", "outside", "object", [f"release/{FOLDER}/linux/de/widget-1.0.tar.xz"]),
        ("check", "reads", "object", ["release/pub/widget/releases/1.0/*/de/*.xz"]),
        ("check", "reads", "object", ["release/pub/widget/releases/1.0/sums/"]),
        (
            "check",
            "reads",
            "object",
            ["release/pub/widget/releases/1.0/linux/de/widget-1.0.tar.xz"],
        ),
        ("check", "reads", "download", ["production/*"]),
        ("mark", "reads", "rule", ["release/*"]),
        ("mark", "reads", "tag", ["example.com/widget/V1"]),
    ):

        def edit(
            made: dict[str, Kinds],
            kind: str = kind,
            part: str = part,
            place: str = place,
            keys: list[str] = keys,
        ) -> None:
            task_of(made, kind)["effects"].setdefault(part, {})[place] = keys

        yield Edit(f"{kind} {part} {place} {keys[0]}", edit)


EDITS = (*_uploads(), *_workers(), *_edges(), *_effects())
BY_NAME = {edit.name: edit for edit in EDITS}


def found_by_the_rules(pipeline: Pipeline) -> set[Finding]:
    try:
        pipeline.full  # noqa: B018 - it is made, and checked
    except RelproError as error:
        return {_finding(one) for one in error.diagnostics if one.code in CODES}
    return set()


def _finding(diagnostic: Diagnostic) -> Finding:
    """The code, and of whom it is: the task, the name, the kind of task or the family."""
    names, code = _FIRST.findall(diagnostic.what), diagnostic.code
    if code == "G362" and diagnostic.what.startswith("tasks "):
        return code, names[1]
    if code == "G380" and not diagnostic.what.startswith("task "):
        return code, _FIRST.findall(diagnostic.context)[0].partition("-")[0]
    if code == "G381":
        return code, diagnostic.what.removeprefix("the release has no ").partition(" of ")[0]
    return code, names[0]


def found_by_the_model(pipeline: Pipeline, made: dict[str, Kinds]) -> set[Finding]:
    tasks = [task for kind in pipeline.made.values() for task in kind.tasks]
    said = {kind: task_of(made, kind).get("effects", {}) for kind in made}
    return World(TaskGraph.build(tasks), CONFIG["policy"], said, "widget").findings()


def both(edits: list[Edit], root: Path) -> tuple[set[Finding], set[Finding]]:
    made = kinds()
    for edit in edits:
        edit.make(made)
    pipeline = Pipeline.of(write(made, root), VALUES)
    return found_by_the_rules(pipeline), found_by_the_model(pipeline, made)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("release")


def test_a_release_that_makes_sense_has_no_finding(root: Path) -> None:
    assert both([], root) == (set(), set())


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_an_edit_breaks_for_the_rules_what_it_breaks_for_the_model(edit: Edit, root: Path) -> None:
    rules, model = both([edit], root)
    assert rules == model


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("G362", "upload 0: no platform"),
        ("G362", "twice"),
        ("G362", "capitals"),
        ("G362", "file and folder"),
        ("G363", "upload 1: parent"),
        ("G363", "sums 0: of an address"),
        ("G364", "aliases: server staging"),
        ("G365", "submit without top"),
        ("G366", "names: tar.xz -> tar.bz2"),
        ("G367", "sums 0: another product"),
        ("G380", "push: build-number 2"),
        ("G380", "sums 0: another build"),
        ("G381", "sums: only win"),
        ("G383", "for both"),
        ("G383", "names: /win/ -> /linux/"),
    ],
)
def test_the_edits_break_every_rule(code: str, name: str, root: Path) -> None:
    assert code in {found for found, _ in both([BY_NAME[name]], root)[1]}


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(edits=st.lists(st.sampled_from(EDITS), min_size=2, max_size=5, unique=True))
@example(edits=[BY_NAME["more"], BY_NAME["upload 1: another product"]])
def test_neither_finds_in_several_edits_what_the_other_does_not(
    edits: list[Edit], root: Path
) -> None:
    rules, model = both(edits, root)
    assert rules == model
