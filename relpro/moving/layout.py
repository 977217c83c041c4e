"""Takes data and comments, gives readable YAML.

Long texts are blocks, short mappings and lists are on one line. Texts that YAML 1.1 would read
differently are quoted.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import yaml

from relpro.yaml.scalars import resolve_scalar

_WIDTH: Final = 96

#: Keys whose short values are on one line.
_SHORT: Final = 72


class _Dumper(yaml.SafeDumper):
    """Writes texts with several lines as blocks, and no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        """Values are repeated instead."""
        del data
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Items of a list are indented below their key."""
        del indentless
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = None
    if "\n" in value and not any(line != line.rstrip() for line in value.split("\n")):
        style = "|"
    elif value and not isinstance(resolve_scalar(value), str):
        style = "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def written(value: object, indent: int = 0) -> str:
    """A value as YAML in block style, from a column on; it ends with a newline."""
    return "".join(f"{' ' * indent}{line}\n" if line else "\n" for line in _block(value))


def _block(value: object) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        for key, part in value.items():
            yield from _pair(key, part)
    elif isinstance(value, list) and value:
        for part in value:
            yield from _item(part)
    else:
        yield from _dumped(value)


def _pair(key: str, value: object) -> Iterator[str]:
    name = _inline(key)
    if not _has_parts(value):
        yield from _dumped({key: value})
    elif _fits(line := f"{name}: {_inline(value)}", value):
        yield line
    else:
        yield f"{name}:"
        yield from _further_in(_block(value))


def _item(value: object) -> Iterator[str]:
    if not _has_parts(value):
        yield from _dumped([value])
    elif _fits(line := f"- {_inline(value)}", value):
        yield line
    else:
        first, *rest = _block(value)
        yield f"- {first}"
        yield from _further_in(rest)


def _has_parts(value: object) -> bool:
    return isinstance(value, Mapping | list) and bool(value)


def _further_in(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" if line else "" for line in lines)


def _fits(line: str, value: object) -> bool:
    return len(line) <= _SHORT and "\n" not in line and _depth(value) <= 2


def _depth(value: object) -> int:
    if isinstance(value, Mapping):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 2 if isinstance(value, str) and "\n" in value else 0


def _inline(value: object) -> str:
    return _yaml(value, in_line=True, width=1_000_000).strip()


def _dumped(value: object) -> Iterator[str]:
    yield from _yaml(value, in_line=False, width=_WIDTH).split("\n")


def _yaml(value: object, *, in_line: bool, width: int) -> str:
    text: str = yaml.dump(
        value,
        Dumper=_Dumper,
        default_flow_style=in_line,
        sort_keys=False,
        allow_unicode=True,
        width=width,
    )
    return text.removesuffix("\n").removesuffix("\n...")


def comment(lines: tuple[str, ...] | list[str], indent: int = 0) -> str:
    """Lines of comment."""
    return "".join(f"{' ' * indent}#{' ' if line else ''}{line}\n" for line in lines)
