"""What kind `__thing__` makes."""

from relpro.testing.pipelines import MakePipeline


def test_the_kind_makes_these_tasks(relpro_pipeline: MakePipeline) -> None:
    graph = relpro_pipeline(kinds=("__thing__",)).full
    made = [task.label for task in graph if task.kind == "__thing__"]
    assert made == ["write the labels that it should make here"]
