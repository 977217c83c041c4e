"""Takes a day, gives what fetches its weather: `fetch: {type: transforms.almanac}`."""

from collections.abc import Mapping
from typing import Any

from voluptuous import Required

SCHEMA = {Required("day"): str}


def fetch(section: Mapping[str, Any], folder: str) -> Mapping[str, Any]:
    """A command of the image, which puts a file into the folder."""
    name = f"{section['day']}.txt"
    command = ["sh", "-c", f"date > {folder}/{name}"]
    return {"command": command, "artifact-name": name, "digest-data": [name]}
