"""Takes values as people write them, gives templates: compiled once, rendered for each task.

Two parts of a value depend on the task. `{name}` in a string is replaced by a variable. A mapping
whose only key starts with `by-` is a keyed value: a variable chooses one of its alternatives.
Everything else is constant, and constants are shared by all tasks, never copied. A part that
depends on few variables is rendered once for each combination of their values, and shared by all
tasks with that combination. So rendered values are read-only.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

import attrs

from relpro.model.nearest import meant, of_which_it_is_part
from relpro.values.patterns import Pattern

Value = Any
Path = tuple[str | int, ...]

#: The types of one or two variables whose values are all text.
_ONLY_TEXT = ((str,), (str, str))


class Unrenderable(Exception):
    """A template cannot be rendered. `path` leads to the invalid part of the compiled value."""

    def __init__(self, code: str, what: str, path: Path = (), remedy: str = "") -> None:
        super().__init__(what)
        self.code = code
        self.what = what
        self.path = path
        self.remedy = remedy


class UnknownVariable(Unrenderable):
    """A template uses an unknown variable (T401).

    `literally` is the remedy if the braces were meant as text; it is empty if a variable has almost
    the same name.
    """

    def __init__(self, name: str, known: Iterable[str]) -> None:
        asked, lists = written(name), "`relpro kinds --variables` lists them"
        names = tuple(map(written, known))
        remedy = meant(asked, names, of_which_it_is_part(asked, names) or lists)
        super().__init__("T401", f"no variable is called `{asked}`", remedy=remedy)
        self.literally = "double braces that are text: `{{` and `}}`" if remedy is lists else ""


class Scope(Protocol):
    """A source of variables: `scope["build_platform"]`. Raises `Unrenderable` (T401)."""

    def __getitem__(self, name: str, /) -> Value: ...


class Template(Protocol):
    """A compiled value."""

    @property
    def names(self) -> tuple[str, ...]:
        """The variables on which it depends, in a fixed order."""
        ...

    def render(self, scope: Scope) -> Value:
        """The value for one task; raises `Unrenderable`."""
        ...


@attrs.frozen(eq=False)
class Constant:
    """A value that is the same for every task."""

    value: Value
    names: tuple[str, ...] = ()

    def render(self, _scope: Scope) -> Value:
        """The value itself, shared by all tasks."""
        return self.value


@attrs.frozen(eq=False)
class Variable:
    """A string that is one placeholder: its value keeps the type of the variable."""

    name: str
    path: Path

    @property
    def names(self) -> tuple[str, ...]:
        """The one variable."""
        return (self.name,)

    def render(self, scope: Scope) -> Value:
        """The value of the variable, of whatever type."""
        try:
            return scope[self.name]
        except Unrenderable as problem:
            raise _located(problem, self.path, in_braces=True) from None


@attrs.frozen(eq=False)
class Text:
    """A string with placeholders in it. `parts` alternate: literal, variable, literal, ..."""

    parts: tuple[str, ...]
    path: Path

    @property
    def names(self) -> tuple[str, ...]:
        """The variables in the order of the text."""
        return tuple(dict.fromkeys(self.parts[1::2]))

    def render(self, scope: Scope) -> str:
        """The text with its placeholders replaced; raises T403 for a list, a mapping or null."""
        words = list(self.parts)
        try:
            for place in range(1, len(words), 2):
                value = scope[words[place]]
                words[place] = value if type(value) is str else self._word(words[place], value)
        except Unrenderable as problem:
            raise _located(problem, self.path, in_braces=True) from None
        return "".join(words)

    def _word(self, name: str, value: Value) -> str:
        if shown := _no_word(value):
            what = f"`{{{written(name)}}}` is {shown}, not text"
            raise Unrenderable("T403", what, self.path, _quoted(value))
        return as_key(value)


@attrs.frozen(eq=False)
class Keyed:
    """A `by-*` mapping: exact keys, then patterns that match whole values, then `default`.

    The key `none` stands for an attribute that the task does not have.
    """

    attribute: str
    exact: Mapping[str, Template]
    patterns: tuple[tuple[Pattern, Template], ...]
    default: Template | None
    names: tuple[str, ...]
    path: Path
    chosen: dict[str | None, Template] = attrs.field(factory=dict, repr=False)

    def render(self, scope: Scope) -> Value:
        """The chosen alternative, rendered; the others are not rendered."""
        try:
            value = scope[self.attribute]
        except Unrenderable as problem:
            raise _located(problem, self.path) from None
        return self.choose(value).render(scope)

    def choose(self, value: Value) -> Template:
        """The alternative for one value of the attribute; raises `Unrenderable` (T402)."""
        key = value if type(value) is str else as_key(value)
        # Null and the text "none" have the same key, but only a text can match a pattern.
        memo = None if value is None else key
        if (known := self.chosen.get(memo)) is None:
            known = self.chosen[memo] = self._choose(value, key)
        return known

    def _choose(self, value: Value, key: str) -> Template:
        if (found := self.exact.get(key)) is not None:
            return found
        matching = [t for regex, t in self.patterns if value is not None and regex.fullmatch(key)]
        if len(matching) > 1:
            patterns = [regex.pattern for regex, _ in self.patterns if regex.fullmatch(key)]
            what = f"more than one key of {self} matches `{key}`: `{'`, `'.join(patterns)}`"
            raise Unrenderable("T402", what, self.path, "let only one of them match")
        found = matching[0] if matching else self.default
        if found is None:
            what, remedy = f"no key of {self} matches `{key}`", "add the key, or a `default`"
            raise Unrenderable("T402", what, self.path, remedy)
        return found

    def __str__(self) -> str:
        return f"`by-{written(self.attribute)}`"


@attrs.frozen(eq=False)
class Collection:
    """A mapping or list with varying parts, shared by tasks for which it renders equally.

    `outline` is the collection with all constant parts in place; `varying` are the other parts,
    each with its key or index.
    """

    outline: dict[str, Value] | list[Value]
    varying: tuple[tuple[Any, Template], ...]
    names: tuple[str, ...]
    rendered: dict[tuple[Value, ...], Value] = attrs.field(factory=dict, repr=False)

    def render(self, scope: Scope) -> Value:
        """The rendered collection; cached if it depends on few variables."""
        key = self._key(scope) if len(self.names) <= 2 else None
        if key is None:
            return self._build(scope)
        if (known := self.rendered.get(key)) is None:
            known = self.rendered[key] = self._build(scope)
        return known

    def parts(self) -> Iterator[tuple[Any, Template]]:
        """Every part, constant or not, with its key or index, in order."""
        varying = dict(self.varying)
        outline = self.outline
        pairs = outline.items() if isinstance(outline, dict) else enumerate(outline)
        for place, value in pairs:
            yield place, varying.get(place) or Constant(value)

    def _key(self, scope: Scope) -> tuple[Value, ...] | None:
        """The values on which it depends, as a cache key; None if it depends on none."""
        try:
            values = tuple(map(scope.__getitem__, self.names))
        except Unrenderable:
            # A part that needs the unknown variable reports it with its path; otherwise it is not
            # needed.
            return None
        types = tuple(map(type, values))
        if list in types or dict in types:
            return None
        # True equals 1 in Python, but must have a key of its own.
        return values if types in _ONLY_TEXT else (values, types)

    def _build(self, scope: Scope) -> Value:
        filled: Any = self.outline.copy()
        for place, part in self.varying:
            filled[place] = part.render(scope)
        return filled


@attrs.frozen(eq=False)
class Renamed:
    """A mapping with placeholders in its keys."""

    keys: tuple[Template, ...]
    parts: tuple[Template, ...]
    names: tuple[str, ...]

    def render(self, scope: Scope) -> Value:
        """The mapping with the rendered keys of this task."""
        pairs = zip(self.keys, self.parts, strict=True)
        return {_as_text(key, scope): part.render(scope) for key, part in pairs}


def _as_text(key: Template, scope: Scope) -> str:
    """The rendered key, as text; raises T403 for a list, a mapping or null."""
    value = key.render(scope)
    if type(value) is str:
        return value
    if shown := _no_word(value):
        path = key.path if isinstance(key, Variable) else ()
        raise Unrenderable("T403", f"a key is rendered to {shown}, not to text", path)
    return as_key(value)


def _no_word(value: Value) -> str:
    """What a value is if it cannot be part of a text; empty if it can."""
    if value is None:
        return "nothing"
    if isinstance(value, float):
        # 3.10 would become 3.1: a number with a fraction is refused in a text.
        return f"the number {value}"
    return f"a {type(value).__name__}" if isinstance(value, list | tuple | dict) else ""


def _quoted(value: Value) -> str:
    return f'put it in quotes: "{value}"' if isinstance(value, float) else ""


def variable(name: str) -> str:
    """The variable behind a written name: `build-platform` -> `build_platform`."""
    return name.replace("-", "_")


def written(name: str) -> str:
    """The written name of a variable: `build_platform` -> `build-platform`."""
    return name.replace("_", "-")


def as_key(value: Value) -> str:
    """A scalar as it is written in a key or in text: True -> `true`, 3 -> `3`, None -> `none`."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _located(problem: Unrenderable, path: Path, *, in_braces: bool = False) -> Unrenderable:
    """A problem with the path of the value in which it arose, unless a nested value has set one."""
    if problem.path:
        return problem
    remedy = problem.remedy
    if in_braces and isinstance(problem, UnknownVariable) and problem.literally:
        remedy = f"{remedy}; {problem.literally}"
    return Unrenderable(problem.code, problem.what, path, remedy)
