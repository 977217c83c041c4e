"""Takes a query on a graph in the syntax of `bazel query`, gives the tasks that it selects.

    deps(X)  deps(X, 1)  rdeps(X)  rdeps(X, 1)     X, and what it needs, or what needs it
    somepath(A, B)  allpaths(A, B)                 from A to B: a shortest way, or all tasks on any
    kind(REGEX, X)  filter(REGEX, X)               those of X of such kinds, with such labels
    attr(NAME, REGEX, X)                           those of X with such an attribute
    X + Y   X - Y   X ^ Y   (X)                    either, the first but not the second, both

X is a label, a label with `*`, or another query. If X is omitted, it is every task. Patterns are
regular expressions that may match anywhere. `union`, `except` and `intersect` are the same as `+`,
`-` and `^`, which need spaces around them, since labels may contain them. Soft dependencies count
as edges.
"""

import fnmatch
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

import attrs
import orjson

from relpro.errors import Diagnostic, RelproError
from relpro.graph import walk
from relpro.graph.taskgraph import TaskGraph
from relpro.model.nearest import meant
from relpro.model.task import Task

_TOKEN = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([(),])|([^\s(),"']+))""")

#: Positions of tasks, in declared order or in the order of a path.
Found = tuple[int, ...]


def query(graph: TaskGraph, text: str) -> tuple[str, ...]:
    """The labels that the query selects: in declared order, or in the order of `somepath`.

    Raises `RelproError`: O620 for invalid syntax, O604 for a label that no task has.
    """
    return tuple(graph.tasks[at].label for at in _Reader(graph, tuple(_tokens(text)), text).whole())


@attrs.frozen
class _Token:
    """One token of a query; `quoted` tokens are never operators or functions."""

    text: str
    quoted: bool = False


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _misread(text, f"a quote is not closed: `{text[at:].strip()}`")
        at = match.end()
        double, single, sign, word = match.groups()
        quoted = double if double is not None else single
        yield _Token(quoted, True) if quoted is not None else _Token(sign or word)


def _misread(text: str, why: str) -> RelproError:
    remedy = "write it like `deps(LABEL) - kind(build)`; `relpro query --help` lists all"
    return RelproError(
        Diagnostic("O620", f"`{text}` cannot be read as a question", (), "", why, remedy)
    )


@attrs.define(eq=False)
class _Reader:
    """Reads a query from left to right and evaluates each part as soon as it is read."""

    graph: TaskGraph
    tokens: Sequence[_Token]
    text: str
    at: int = 0

    def whole(self) -> Found:
        found = self.expression()
        if self.at < len(self.tokens):
            raise self.misread(f"`{self.tokens[self.at].text}` is left over")
        return found

    def expression(self) -> Found:
        found = self.term()
        while self.at < len(self.tokens) and self.tokens[self.at].text in _OPERATORS:
            combine = _OPERATORS[self.tokens[self.at].text]
            self.at += 1
            found = tuple(sorted(combine(set(found), set(self.term()))))
        return found

    def term(self) -> Found:
        token = self.next("a label or a question")
        if not token.quoted and token.text == "(":
            found = self.expression()
            self.sign(")")
            return found
        if not token.quoted and token.text in ("", ")", ",", *_OPERATORS):
            raise self.misread(f"`{token.text}` stands where a label or a question must")
        if not token.quoted and self.is_next("("):
            return self.call(token.text)
        return self.named(token.text)

    def call(self, name: str) -> Found:
        if name not in _FUNCTIONS:
            close = meant(name, _FUNCTIONS, f"there are: {', '.join(_FUNCTIONS)}")
            raise self.misread(f"no function is called `{name}`: {close}")
        self.sign("(")
        found = _FUNCTIONS[name](self)
        self.sign(")")
        return found

    def named(self, name: str) -> Found:
        """The task with a label, or the tasks whose labels match a pattern with `*`."""
        if name in self.graph:
            return (self.graph.positions[name],)
        if "*" in name:
            match = re.compile(
                fnmatch.translate(name.replace("[", "[[]").replace("?", "[?]"))
            ).match
            if found := tuple(at for at, one in enumerate(self.graph.labels) if match(one)):
                return found
        what = f"no task is called `{name}`"
        raise RelproError(
            Diagnostic(
                "O604", what, remedy=meant(name, self.graph.labels, "`relpro graph` lists them")
            )
        )

    def rest(self) -> Found:
        """The last argument: a query; if it is omitted, every task."""
        if not self.is_next(","):
            return tuple(range(len(self.graph)))
        self.sign(",")
        return self.expression()

    def depth(self) -> int:
        """The last argument: the maximum number of steps; if it is omitted, no limit."""
        if not self.is_next(","):
            return len(self.graph)
        self.sign(",")
        token = self.next("a number")
        if not token.text.isdecimal():
            raise self.misread(f"`{token.text}` is not a number of steps")
        return int(token.text)

    def pattern(self) -> re.Pattern[str]:
        token = self.next("a regular expression")
        try:
            return re.compile(token.text)
        except re.error as error:
            raise self.misread(f"`{token.text}` is not a regular expression: {error}") from None

    def next(self, wanted: str) -> _Token:
        if self.at >= len(self.tokens):
            raise self.misread(f"it ends where {wanted} must stand")
        self.at += 1
        return self.tokens[self.at - 1]

    def sign(self, sign: str) -> None:
        if not self.is_next(sign):
            there = f"`{self.tokens[self.at].text}`" if self.at < len(self.tokens) else "nothing"
            raise self.misread(f"`{sign}` must stand where there is {there}")
        self.at += 1

    def is_next(self, sign: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at] == _Token(sign)

    def misread(self, why: str) -> RelproError:
        return _misread(self.text, why)


def _deps(reader: _Reader) -> Found:
    found = reader.expression()
    return _reached(reader.graph.waits, found, reader.depth())


def _rdeps(reader: _Reader) -> Found:
    found = reader.expression()
    return _reached(walk.reverse(reader.graph.waits), found, reader.depth())


def _reached(edges: walk.Edges, start: Found, depth: int) -> Found:
    """The nodes reachable from `start` in at most that many steps, including `start`."""
    reached = set(start)
    last = reached
    for _ in range(depth):
        last = {need for node in last for need in edges[node]} - reached
        if not last:
            break
        reached |= last
    return tuple(sorted(reached))


def _ends(reader: _Reader) -> tuple[Found, Found]:
    first = reader.expression()
    reader.sign(",")
    return first, reader.expression()


def _somepath(reader: _Reader) -> Found:
    first, last = _ends(reader)
    through = walk.pulled_in(reader.graph.waits, first)
    reached = [at for at in last if through[at] >= 0]
    ways = [_way(through, at) for at in reached]
    return min(ways, key=len, default=())


def _way(through: Sequence[int], at: int) -> Found:
    way = [at]
    while through[way[-1]] != way[-1]:
        way.append(through[way[-1]])
    return tuple(reversed(way))


def _allpaths(reader: _Reader) -> Found:
    first, last = _ends(reader)
    edges, size = reader.graph.waits, len(reader.graph)
    below = set(_reached(edges, first, size))
    return tuple(at for at in _reached(walk.reverse(edges), last, size) if at in below)


def _kind(reader: _Reader) -> Found:
    return _those(reader, lambda task: (task.kind,))


def _filter(reader: _Reader) -> Found:
    return _those(reader, lambda task: (task.label,))


def _attr(reader: _Reader) -> Found:
    name = reader.next("the name of an attribute").text.replace("-", "_")
    reader.sign(",")
    return _those(reader, lambda task: _values(task.attributes.get(name)))


def _values(value: object) -> Iterable[str]:
    """The texts in which an attribute's pattern is searched; for a list, those of its items."""
    if isinstance(value, list | tuple):
        return [text for item in value for text in _values(item)]
    if isinstance(value, str):
        return (value,)
    return () if value is None else (orjson.dumps(value).decode(),)


def _those(reader: _Reader, texts: Callable[[Task], Iterable[str]]) -> Found:
    pattern = reader.pattern()
    among = reader.rest()
    tasks = reader.graph.tasks
    return tuple(at for at in among if any(map(pattern.search, texts(tasks[at]))))


_FUNCTIONS: Final[Mapping[str, Callable[[_Reader], Found]]] = {
    "deps": _deps,
    "rdeps": _rdeps,
    "somepath": _somepath,
    "allpaths": _allpaths,
    "kind": _kind,
    "filter": _filter,
    "attr": _attr,
}

_OPERATORS: Final[Mapping[str, Callable[[set[int], set[int]], set[int]]]] = {
    **dict.fromkeys(("+", "union"), operator.or_),
    **dict.fromkeys(("-", "except"), operator.sub),
    **dict.fromkeys(("^", "intersect"), operator.and_),
}
