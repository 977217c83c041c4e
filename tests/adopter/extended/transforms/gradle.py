"""Takes goals, gives the command that makes them: `run: {using: transforms.gradle}`."""

from collections.abc import Mapping
from typing import Any

from voluptuous import Required

SCHEMA = {Required("goals"): [str]}


def run(section: Mapping[str, Any], parameters: Any, place: Any) -> Mapping[str, Any]:
    """A section for `using: run-task`."""
    return {"command": ["./gradlew", *section["goals"]]}
