"""Takes an error of the YAML parser, gives a diagnostic in plain words."""

from typing import Final

import yaml

from relpro.errors import Diagnostic, Origin

_INDENT: Final = "indent it like its neighbours"
_QUOTE: Final = "quote the text"

#: Part of a message of libyaml or PyYAML -> what is wrong, and the remedy.
_PROBLEMS: Final[tuple[tuple[str, str, str], ...]] = (
    ("mapping values are not allowed", "a `:` where no key can be", f"{_QUOTE}, or {_INDENT}"),
    ("could not find expected ':'", "a key without a `:` after it", "write `key: value`"),
    ("unexpected end of stream", "a quote that is never closed", "close the quote"),
    ("unknown escape character", "an unknown escape in double quotes", "use single quotes"),
    ("invalid Unicode character escape", "an escape that is not a character", "write it as it is"),
    ("expected alphabetic or numeric", "a sign that starts a name, without one", _QUOTE),
    ("cannot start any token", "a value cannot start with this sign", _QUOTE),
    ("expected ',' or ']'", "a list in `[ ]` that is not closed", "write `,` or `]`"),
    ("expected ',' or '}'", "a mapping in `{ }` that is not closed", "write `,` or `}`"),
    (
        "expected '-' indicator",
        "a line that is not an item of this list",
        f"write `- `, or {_INDENT}",
    ),
    ("expected key", "text where a key should be", f"{_QUOTE}, or {_INDENT}"),
    ("expected <block end>", "text where a key should be", f"{_QUOTE}, or {_INDENT}"),
    ("node content", "a value is missing", "write the value, or close the bracket"),
    ("block sequence entries", "a `- ` where no list can start", "write it below its key"),
    ("<document start>", "a line that is indented less than the first", _INDENT),
    ("directive", "a line that starts with `%`", _QUOTE),
    ("undefined tag handle", "an unknown tag", "leave the tag out"),
)
#: Mistakes that are reported where the construct starts, not where the parser stopped.
_MENDED_AT_START: Final = (
    "unexpected end of stream",
    "expected ',' or",
    "could not find expected ':'",
)


def explain(error: yaml.YAMLError, name: str, text: str) -> Diagnostic:
    """The diagnostic (Y101) for an error that the parser found in `text`, the file `name`."""
    if isinstance(error, yaml.MarkedYAMLError):
        return _explain_marked(error, name, text)
    position = getattr(error, "position", 0) or 0
    line, column = _line_and_column(text, position)
    sign = f"U+{ord(text[position]):04X}" if position < len(text) else "unknown"
    what = f"the control character {sign} is not allowed in YAML"
    return Diagnostic("Y101", what, (Origin(name, line, column),), remedy="delete it")


def _explain_marked(error: yaml.MarkedYAMLError, name: str, text: str) -> Diagnostic:
    problem = error.problem or "the file is not YAML"
    mark = error.problem_mark or error.context_mark
    if any(part in problem for part in _MENDED_AT_START) and error.context_mark:
        mark = error.context_mark
    if mark is None:
        return Diagnostic("Y101", problem, (Origin(name),))
    place = Origin(name, mark.line + 1, mark.column + 1)
    if _is_tab(text, mark):
        what = "a tab is used as indentation"
        return Diagnostic("Y101", what, (place,), remedy="indent with spaces: YAML forbids tabs")
    if "expected key" in problem or "<block end>" in problem:
        before = _line(text, mark)[: mark.column].rstrip()
        if before.endswith(("}", "]", "'", '"')):
            what = f"text after a closing `{before[-1]}`"
            return Diagnostic("Y101", what, (place,), remedy="quote the whole value")
    for part, what, remedy in _PROBLEMS:
        if part in problem:
            return Diagnostic("Y101", what, (place,), remedy=remedy)
    return Diagnostic("Y101", problem, (place,))


def _is_tab(text: str, mark: yaml.Mark) -> bool:
    line = _line(text, mark)
    indentation = line[: len(line) - len(line.lstrip())]
    return "\t" in indentation and mark.column <= len(indentation)


def _line(text: str, mark: yaml.Mark) -> str:
    lines = text.split("\n")
    return lines[mark.line] if mark.line < len(lines) else ""


def _line_and_column(text: str, position: int) -> tuple[int, int]:
    before = text[:position]
    return before.count("\n") + 1, position - before.rfind("\n")
