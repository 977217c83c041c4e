"""What kind `__thing__` makes."""


def test_kind___function__makes_these_tasks(relpro_pipeline):
    graph = relpro_pipeline(kinds=("__thing__",)).full
    made = [task.label for task in graph if task.kind == "__thing__"]
    assert made == ["write here the labels that it is to make"]
