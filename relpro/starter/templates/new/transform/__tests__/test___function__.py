"""What transform `__function__` makes of a task."""

from relpro.testing.transforming import make_description


def test___function___changes_the_task(relpro_transform):
    task = make_description("linux", sections={"__thing__": {"of": "public/target.zip"}})
    made = relpro_transform("__package__.__function__", task)
    assert made.worker == {"write": "here what it is to have"}
