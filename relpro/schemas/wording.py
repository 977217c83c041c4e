"""Takes an error of the JSON schema validator, gives a readable text."""

import json
from collections.abc import Iterable, Iterator, Sequence

from jsonschema_rs import ValidationError
from jsonschema_rs import ValidationErrorKind as Kind

#: The most characters shown of a value or of the validator's own message.
_SHOWN = 80

#: Messages by keyword of the schema: `place` and `value` are the path and text of the wrong value,
#: `wanted` is the value of the keyword.
_WORDS = {
    "required": "{place} lacks {wanted}",
    "additionalProperties": "{place} has keys that nothing reads: {wanted}",
    "type": "{place} is {value}, not of type {wanted}",
    "enum": "{place} is {value}, not one of {wanted}",
    "const": "{place} is {value}, not {wanted}",
    "pattern": "{place} is {value}, which does not match {wanted}",
    "format": "{place} is {value}, not a {wanted}",
    "uniqueItems": "{place} holds {repeated} twice",
    "minItems": "{place} holds fewer items than {wanted}",
    "maxItems": "{place} holds more items than {wanted}",
    "minLength": "{place} has fewer characters than {wanted}",
    "maxLength": "{place} has more characters than {wanted}",
    "minimum": "{place} is {value}, less than {wanted}",
    "maximum": "{place} is {value}, more than {wanted}",
}


def explained(error: ValidationError, root: str = "", whole: str = "the task") -> Iterator[str]:
    """The texts for one error; for alternatives, those of the most likely one.

    `root` is the path of the validated value, prepended to every path; if that leaves a path empty,
    the value is called `whole`.
    """
    match error.kind:
        case Kind.OneOfNotValid(alternatives) | Kind.AnyOf(alternatives):
            meant = min(alternatives, key=lambda errors: _distance(errors, error.instance_path))
            for inner in meant:
                yield from explained(inner, root, whole)
        case kind:
            path = json_path(error.instance_path, root)
            yield _WORDS.get(kind.name, "{place}: {message}").format(
                place=f"`{path}`" if path else whole,
                value=_told(error.instance),
                repeated=_told(_repeated(error.instance)),
                wanted=listed(kind.value if isinstance(kind.value, list) else [kind.value]),
                message=_shortened(error.message),
            )


def _told(value: object) -> str:
    return f"`{_shortened(json.dumps(value, ensure_ascii=False))}`"


def _repeated(value: object) -> object:
    """The first item of a list that occurs earlier in it; None without one."""
    items = value if isinstance(value, list) else []
    return next((item for at, item in enumerate(items) if item in items[:at]), None)


def _distance(errors: Sequence[ValidationError], place: Sequence[str | int]) -> tuple[bool, int]:
    """How far a value is from an alternative: another type is farther than any number of errors."""
    other_type = any(
        isinstance(error.kind, Kind.Type) and list(error.instance_path) == list(place)
        for error in errors
    )
    return other_type, len(errors)


def json_path(parts: Iterable[str | int], root: str = "") -> str:
    """A path in the usual notation: `payload.artifacts["public/a.zip"].type`, `paths[0]`.

    `parts` are keys and indexes, from the outside in; `root` is prepended.
    """
    path = root
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        elif part.replace("_", "").replace("-", "").isalnum():
            path += f".{part}" if path else part
        else:
            path += f"[{json.dumps(part)}]"
    return path


def listed(values: Iterable[object]) -> str:
    """Values in backticks, separated by commas, in the order given."""
    return ", ".join(f"`{value}`" for value in values)


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
