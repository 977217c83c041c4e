"""Takes a document and a source of chance, gives the document with something of it changed."""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import yaml


def _nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


#: What takes the place of a value: of every type, at every bound, and what readers stumble over.
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, 3, -1, 2.5, 1e308, 2**53 + 1, 2**64, 10**30, "", " ", "x", "0", "-1",
    "null", "None", "true", "{", "}", "{version}", "{nothing}", "<build>", "<a/b>", "(", "[z-a]",
    "**/**/**/**b", "../x", "../../x", "/x", "~", "--output=x", "-x", "ü\n", "a\r\nb", "\0",
    "\x1b[2J", "\u2028",
    "x" * 3000, "9" * 400, "${1+1}", "$${x}", "Ä" * 40, "1.10", "139.0", "999999.0b99",
    "2020-01-01T00:00:00Z", "2020-13-45T25:00:00Z", "0000-01-01T00:00:00Z", "20251315120000",
    "9999-12-31T23:59:59+00:00", "DecisionQTaskOfAppAAAA", "https://[::1", "http://x:99999999/",
    [], {}, [None], [3], ["x"], [[]], [{}], ["x"] * 300, ["x", "x"], _nested(60), {"x": None},
    {"x": 3}, {"": ""}, {"x": {"x": {"x": {"x": 3}}}}, {"by-level": {}}, {"by-level": {"3": 1}},
    {"by-platform": {"x": [], "default": {}}}, {"task-reference": "<x>"}, {"in-tree": 3},
    {"relative-datestamp": "1d"}, {"$eval": "x"}, {"configs": [{}]}, {"platforms": 3},
)  # fmt: skip
_KEYS = ("x", "by-level", "default", "name", "kind", "", "{version}", "../x", "configs", "any")
#: Keys that only YAML has.
_ODD_KEYS = (None, True, 139.0, 1)

#: What is put into a text, byte by byte.
_BYTES = (
    b"\0",
    b"\xff",
    b"\r\n",
    b"\t",
    b"{",
    b"]",
    b'"',
    b"'",
    b": ",
    b"- ",
    b"&a ",
    b"*a",
    b"!!x ",
)


def mutated(document: Any, rng: random.Random, *, odd_keys: bool = False) -> Any:
    """A copy with one or two places changed; with keys that are not text, where they are wanted."""
    holder = [copy.deepcopy(document)]
    for _ in range(rng.choice((1, 1, 1, 2))):
        change(holder, rng, (*_KEYS, *_ODD_KEYS) if odd_keys else _KEYS)
    return holder[0] if holder else None


def change(content: Any, rng: random.Random, keys: tuple[Any, ...] = _KEYS) -> None:
    """Change one place of a list or mapping, in place."""
    places = list(_places(content))
    if not places:
        return
    holder, key = rng.choice(places)
    match rng.randrange(6):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[rng.choice(keys)] = holder.pop(key)
        case 2 if isinstance(holder, dict):
            holder[rng.choice(keys)] = copy.deepcopy(rng.choice(VALUES))
        case 3:
            holder[key] = [holder[key]] if rng.random() < 0.5 else {"x": holder[key]}
        case 4:
            # The value of another place: right there, and wrong here.
            other, at = rng.choice(places)
            holder[key] = copy.deepcopy(other[at])
        case _:
            holder[key] = copy.deepcopy(rng.choice(VALUES))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key or index) of a document, anchors once for each use."""
    pairs: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        pairs += value.items()
    elif isinstance(value, list):
        pairs += enumerate(value)
    for key, item in pairs:
        yield value, key
        yield from _places(item)


def as_json(document: Any) -> bytes:
    """JSON as any program might write it."""
    return json.dumps(document).encode()


def as_yaml(document: Any) -> bytes:
    """YAML, without aliases."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False).encode("utf-8", "surrogatepass")


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, _data: Any) -> bool:
        return True


def garbled(content: bytes, rng: random.Random) -> bytes:
    """The same text with some bytes lost, doubled, or put in."""
    at = rng.randrange(len(content) + 1)
    end = min(len(content), at + rng.choice((1, 1, 5, 50)))
    match rng.randrange(5):
        case 0:
            return content[:at]
        case 1:
            return content[:at] + content[end:]
        case 2:
            return content[:end] + content[at:]
        case 3:
            return content[:at] + bytes([rng.randrange(256)]) + content[end:]
        case _:
            return content[:at] + rng.choice(_BYTES) + content[at:]


def written(document: Any, rng: random.Random, *, is_json: bool) -> bytes:
    """A changed document as a file: mostly another value, now and then other bytes."""
    write = as_json if is_json else as_yaml
    if rng.random() < 0.1:
        return garbled(write(document), rng)
    return write(mutated(document, rng, odd_keys=not is_json))
