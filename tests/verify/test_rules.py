import pytest

from relpro.errors import Refused, RelproError
from relpro.graph.taskgraph import TaskGraph
from relpro.testing.factories import make_config, make_graph, make_parameters, make_task
from relpro.verify.patterns import Patterns
from relpro.verify.rules import FULL_RULES, RULES, check_rules, raise_found

PRODUCTLESS = make_task("a", phase="promote")
UNNAMED = make_task("b", definition={"payload": {"x": {"task-reference": "<c>"}}})


def enforced(*tasks: object) -> None:
    graph = TaskGraph.of(tasks)  # type: ignore[arg-type]
    raise_found(check_rules(FULL_RULES, graph, make_parameters(), make_config()))


def test_a_graph_that_breaks_no_rule_passes() -> None:
    graph = make_graph({"a": [], "b": ["a"]})
    raise_found(check_rules(FULL_RULES, graph, make_parameters(), make_config()))


def test_what_is_only_not_allowed_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        enforced(PRODUCTLESS)
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == ["G310"]


def test_what_is_broken_and_not_allowed_is_broken() -> None:
    with pytest.raises(RelproError) as caught:
        enforced(PRODUCTLESS, UNNAMED)
    assert not isinstance(caught.value, Refused)
    assert {diagnostic.code for diagnostic in caught.value.diagnostics} == {"G304", "G310"}


def test_each_rule_has_a_name_of_its_own_and_says_what_holds() -> None:
    assert len({rule.__name__ for rule in RULES}) == len(RULES)
    assert all(rule.__doc__ for rule in RULES)


def test_patterns_match_whole_texts() -> None:
    patterns = Patterns.of(["a.*", "b?"])
    assert [text for text in ("a.b", "axb", "b", "bc", "bcd") if patterns.match(text)] == [
        "a.b",
        "bc",
    ]
    assert not Patterns.of([]).match("")
