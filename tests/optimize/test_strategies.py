from collections.abc import Collection, Mapping
from typing import Any

import pytest

from relpro.errors import Origin, RelproError
from relpro.graph.taskgraph import TaskGraph
from relpro.optimize.found import Found, nothing_found
from relpro.optimize.offered import STRATEGIES, Offered
from relpro.optimize.outcome import Keep, Outcome, Remove, Replace
from relpro.optimize.strategies import evaluate, make_strategies, problems_of
from relpro.testing.factories import make_parameters, make_task

NEVER: Mapping[str, Any] = {"never": None}
ALWAYS: Mapping[str, Any] = {"always": None}
HIT: Mapping[str, Any] = {"index-search": ["no", "hit"]}
MISS: Mapping[str, Any] = {"index-search": ["no"]}
ALIASES = {"docs-or-code": {"any": [{"skip-unless-changed": "{argument}"}, MISS]}}


def find_hit(paths: Collection[str]) -> Found:
    return Found({path: f"id-of-{path}" for path in paths if path == "hit"})


def outcome(optimization: Mapping[str, Any], **parameters: Any) -> Outcome:
    task = make_task("t", optimization=optimization)
    strategies = make_strategies(TaskGraph.build([task]), find_hit, ALIASES)
    return evaluate(optimization, task, make_parameters(**parameters), strategies)


REPLACED = Replace("found at `hit`", "id-of-hit")

TABLE: list[tuple[Mapping[str, Any], Outcome]] = [
    (NEVER, Keep("never optimized")),
    (ALWAYS, Remove("always optimized")),
    (HIT, REPLACED),
    (MISS, Keep("nothing in the index at `no`")),
    ({"any": [NEVER, HIT, ALWAYS]}, REPLACED),
    ({"any": [NEVER, MISS]}, Keep("never optimized; nothing in the index at `no`")),
    ({"all": [ALWAYS, ALWAYS]}, Remove("always optimized; always optimized")),
    ({"all": [ALWAYS, HIT]}, REPLACED),
    ({"all": [HIT, ALWAYS]}, REPLACED),
    ({"all": [HIT, NEVER]}, Keep("never optimized")),
    ({"all": []}, Keep("no strategy is named")),
    ({"not": NEVER}, Remove("never optimized")),
    ({"not": HIT}, Keep("found at `hit`")),
    ({"not": {"any": [NEVER, ALWAYS]}}, Keep("always optimized")),
]


@pytest.mark.parametrize(("optimization", "expected"), TABLE)
def test_a_strategy_keeps_removes_or_replaces(
    optimization: Mapping[str, Any], expected: Outcome
) -> None:
    assert outcome(optimization) == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (["docs/a.md", "src/x/y.c"], Keep("`src/x/y.c` changed")),
        (["docs/a.md"], Remove("no file changed that it reads")),
        ([], Keep("it is not known which files changed")),
        (None, Keep("it is not known which files changed")),
    ],
)
def test_a_task_is_skipped_unless_its_files_changed(changed: Any, expected: Outcome) -> None:
    optimization = {"skip-unless-changed": ["src/**", "setup.py"]}
    assert outcome(optimization, files_changed=changed) == expected
    assert outcome({"docs-or-code": ["src/**", "setup.py"]}, files_changed=changed) in (
        expected,
        Keep(f"{expected.cause}; nothing in the index at `no`"),
    )


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (["src/a.c"], Keep("`src/a.c` changed (since the fork)")),
        (["docs/a.md"], Remove("no file changed that it reads (since the fork)")),
        ([], Keep("it is not known which files changed: since the fork")),
    ],
)
def test_what_was_assumed_of_the_changes_is_part_of_the_reason(
    changed: Any, expected: Outcome
) -> None:
    optimization = {"skip-unless-changed": ["src/**"]}
    given = {"files_changed": changed, "files_changed_assumed": "since the fork"}
    assert outcome(optimization, **given) == expected


@pytest.mark.parametrize("changed", ["kinds/build/app.yml", "release/kinds/build/app.yml"])
def test_a_task_runs_when_the_file_that_says_what_it_does_changed(changed: str) -> None:
    optimization = {"skip-unless-changed": ["src/**"]}
    task = make_task("t", optimization=optimization, origin=Origin("kinds/build/app.yml", 3))
    given = make_parameters(files_changed=[changed])
    kept = Keep(f"`{changed}` changed, which says what the task does")
    assert evaluate(optimization, task, given, strategies_of()) == kept
    other = make_parameters(files_changed=["kinds/build/other.yml", "x-kinds/build/app.yml"])
    assert isinstance(evaluate(optimization, task, other, strategies_of()), Remove)


def test_patterns_that_match_nothing_are_refused_with_their_task() -> None:
    said = [
        *problems_of({"any": [{"skip-unless-changed": ["/src/**", "src/**"]}]}, strategies_of())
    ]
    wrong = (
        "pattern `/src/**` begins with `/`: paths count from the top of the repository, without it"
    )
    assert said == [
        (f"has a pattern under `skip-unless-changed` that matches no file: {wrong}", "")
    ]


def strategies_of() -> Mapping[str, Any]:
    return make_strategies(TaskGraph.build([]))


@pytest.mark.parametrize("row", STRATEGIES, ids=lambda row: row.name)
def test_every_strategy_refuses_what_is_no_argument_of_it(row: Offered) -> None:
    known = make_strategies(TaskGraph.build([]))
    for wrong in (3, [3], {"a": "b"}, "text"):
        ((what, unknown),) = problems_of({row.name: wrong}, known)
        assert (f"under `{row.name}`" in what, unknown) == (True, "")
    right: Any = None if row.argument == "null" else ["src/a.c"]
    assert not [*problems_of({row.name: right}, known)]
    if right:
        assert [*problems_of({row.name: None}, known)]


def test_the_index_is_asked_once_for_all_paths_and_only_if_needed() -> None:
    asked: list[Collection[str]] = []

    def find(paths: Collection[str]) -> Found:
        asked.append(paths)
        return Found()

    tasks = [
        make_task("a", optimization={"index-search": ["x", "y"]}),
        make_task("b", optimization={"any": [{"not": {"index-search": ["z"]}}, HIT]}),
        make_task("c", optimization=ALWAYS),
    ]
    strategies = make_strategies(TaskGraph.build(tasks), find)
    evaluate(ALWAYS, tasks[2], make_parameters(), strategies)
    assert asked == []
    for task in tasks:
        assert task.optimization is not None
        evaluate(task.optimization, task, make_parameters(), strategies)
    assert asked == [("x", "y", "z", "no", "hit")]


def test_an_alias_may_stand_inside_a_composite_and_name_earlier_ones() -> None:
    aliases: Mapping[str, Mapping[str, Any]] = {
        "cached": {"index-search": "{argument}"},
        "lazy": {"any": [NEVER, {"cached": ["hit"]}]},
    }
    optimization = {"all": [{"lazy": None}, ALWAYS]}
    task = make_task("t", optimization=optimization)
    strategies = make_strategies(TaskGraph.build([task]), find_hit, aliases)
    assert evaluate(optimization, task, make_parameters(), strategies) == REPLACED


@pytest.mark.parametrize(
    ("aliases", "message"),
    [
        ({"a": {"any": [{"b": None}]}, "b": NEVER}, "names optimization strategy `b`, which does"),
        ({"a": {"a": None}}, "names optimization strategy `a`, which does not exist"),
        ({"a": {"nevr": None}}, "did you mean `never`?"),
        ({"a": "never"}, "must have an `optimization` that is one strategy with its argument"),
    ],
)
def test_an_alias_that_cannot_be_evaluated_is_told(
    aliases: Mapping[str, Any], message: str
) -> None:
    graph = TaskGraph.build([make_task("t", optimization={"a": None})])
    with pytest.raises(RelproError) as caught:
        make_strategies(graph, find_hit, aliases)
    assert "optimization strategy `a` of the configuration" in str(caught.value)
    assert message in str(caught.value)
    assert caught.value.diagnostics[0].code == "O602"


def test_offline_nothing_is_found_and_that_is_said() -> None:
    task = make_task("t", optimization=HIT)
    strategies = make_strategies(TaskGraph.build([task]), nothing_found)
    expected = Keep("offline: the index was not asked at `no`, `hit`")
    assert evaluate(HIT, task, make_parameters(), strategies) == expected


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        ({}, Replace("found at `best`", "new")),
        ({"good": "used"}, Replace("found at `good`", "used")),
        ({"best": "used"}, Replace("found at `best`", "used")),
        ({"best": "first", "good": "second"}, Replace("found at `best`", "first")),
        ({"unasked": "used"}, Replace("found at `best`", "new")),
    ],
)
def test_what_an_earlier_run_used_is_used_again(
    earlier: Mapping[str, str], expected: Outcome
) -> None:
    optimization = {"index-search": ["best", "good"]}
    task = make_task("t", optimization=optimization)
    graph = TaskGraph.build([task])
    strategies = make_strategies(graph, lambda _: Found({"best": "new", "good": "old"}, earlier))
    assert evaluate(optimization, task, make_parameters(), strategies) == expected
