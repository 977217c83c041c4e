"""Takes what is known of an event, gives what this project makes of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def weather(parameters: Mapping[str, Any], root: Path) -> Mapping[str, Any]:
    """Parameters that the decision task computes once."""
    return {"weather": (root / "weather.txt").read_text().strip()}


def facts(version: str) -> Mapping[str, Any]:
    """The version parser."""
    return {"year": version.split(".", maxsplit=1)[0]}


def changes(question: Any) -> Mapping[str, Any]:
    """A look-up: what the event changed."""
    return {"files": ["README"]}
