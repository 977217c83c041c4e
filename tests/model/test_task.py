from relpro.errors import Origin
from relpro.model.task import Draft, TaskDescription

HERE = Origin("kinds/build/a.yml")


def test_attributes_and_variables_are_found_however_they_are_written() -> None:
    """People write names with dashes; what looks them up knows underscores."""
    draft = Draft("a", HERE, {"build_platform": "x"}, {}, {})
    draft = draft.with_attributes(**{"build-platform": "y"}).with_variables(**{"a-b": 1})
    assert (draft.attributes, draft.variables) == ({"build_platform": "y"}, {"a_b": 1})
    described = TaskDescription("a", "a", "a-a", "", HERE, {"build_platform": "x"}, "")
    described = described.with_attributes(**{"build-platform": "y", "tier": 1})
    assert described.attributes == {"build_platform": "y", "tier": 1}
