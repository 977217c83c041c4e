"""Takes the attributes of a task, gives one that a transform cannot do without."""

from collections.abc import Mapping
from typing import Any

from relpro.model.task import Json
from relpro.transform.section import Refusal


def needed(attributes: Mapping[str, Any], name: str, of: str) -> Json:
    """The attribute `name`, with underscores, of the task called `of`.

    Raises `Refusal` if the task lacks it or has null.
    """
    value = attributes.get(name)
    if value is None:
        written = name.replace("_", "-")
        what = f"task `{of}` has no attribute `{written}`"
        raise Refusal(what, f"set it where the task is made: `attributes: {{{written}: ...}}`")
    return value
