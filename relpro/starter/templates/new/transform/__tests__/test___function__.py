"""What transform `__function__` makes of a task."""

from relpro.testing.transforming import RunTransform, make_description


def test_the_transform_changes_the_task(relpro_transform: RunTransform) -> None:
    task = make_description("linux", sections={"__thing__": {"of": "public/target.zip"}})
    made = relpro_transform("__package__.__function__", task)
    assert made.worker == {"write": "what it should have here"}
