"""Takes an entry, gives a task for each combination of the listed values.

```yaml
transforms: [relpro.stock.matrix]
tasks:
  build:
    matrix:
      platform: [linux, win]
      variant: [opt, debug]
      exclude: [{platform: win, variant: debug}]
    attributes: {build-platform: "{platform}"}
```

Each name is a variable of the tasks; their attribute `matrix` has all names and values. `rows`
lists complete combinations; if there are lists as well, each row is combined with each of their
values. A combination that has all values of an item of `exclude` is left out. The values are
appended to the task's name, `build-linux-opt`, unless `set-name: false`. Tasks are in the order of
the lists; the last name varies fastest.

An empty list is an error, and so is an item of `exclude` that matches no combination. A list that
comes from a template may be empty, and may lack values that `exclude` names.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from voluptuous import Optional

from relpro.model.task import Draft, Skipped
from relpro.stock.candidates import unknown_name
from relpro.transform.context import Context
from relpro.transform.section import Refusal, Section
from relpro.transform.step import expand
from relpro.transform.template import as_key, variable, written
from relpro.values import flag

MATRIX = Section(
    "matrix",
    {
        Optional("rows"): [dict],
        Optional("exclude"): [dict],
        Optional("set-name"): flag,
        str: [object],
    },
)

#: The most combinations of one entry: a task group of the queue cannot hold more tasks.
MOST = 100_000

#: Variables that every task has already.
_TAKEN = frozenset({"name", "kind"})

Row = Mapping[str, Any]


def matrix(ctx: Context, draft: Draft) -> Iterator[Draft | Skipped]:
    """A draft for each combination that is not excluded."""
    section = ctx.section(draft, MATRIX)
    if section is None:
        yield draft
        return
    lists = {
        variable(name): values
        for name, values in section.items()
        if name not in ("rows", "exclude", "set-name")
    }
    rows = _rows(section.get("rows"))
    _demand_few(lists, rows)
    found = tuple(combinations(lists, rows))
    if not found:
        yield Skipped(draft.name, f"no combination of its `matrix`: {_empty(section)}")
    excluded = [_named(row) for row in section.get("exclude", ())]
    _check(found, section)
    _demand_sense(ctx.entry.entry.data.get("matrix"), found, excluded)
    for row in found:
        name = _name(draft, row) if section.get("set-name") is not False else draft.name
        if _is_excluded(row, excluded):
            yield Skipped(name, "`exclude` of its `matrix`")
            continue
        yield draft.replace(name=name, attributes=_attributes(draft, row)).with_variables(**row)


def combinations(lists: Mapping[str, Sequence[object]], rows: Sequence[Row]) -> Iterator[Row]:
    """Every row with every choice of one value from each list, the last list varying fastest."""
    for row in rows:
        for values in product(*lists.values()):
            yield {**row, **dict(zip(lists, values, strict=True))}


def _demand_few(lists: Mapping[str, Sequence[object]], rows: Sequence[Row]) -> None:
    """Raise `Refusal` for more combinations than a graph can have: they would fill the memory."""
    count = math.prod((len(rows), *map(len, lists.values())))
    if count > MOST:
        what = f"the matrix has {count:,} combinations, more than {MOST:,}"
        raise Refusal(what, "leave lists out, or write `rows`", ("matrix",))


def _empty(section: Mapping[str, object]) -> str:
    return ", ".join(
        f"`{name}` is empty"
        for name, values in section.items()
        if name != "exclude" and isinstance(values, list | tuple) and not values
    )


def _demand_sense(said: object, found: Sequence[Row], excluded: Sequence[Row]) -> None:
    """Raise `Refusal` for lists that make no task, and for exclusions without effect."""
    if not isinstance(said, Mapping):  # a template or keyed: it may be empty for some releases
        return
    for name, values in said.items():
        if name != "exclude" and isinstance(values, list | tuple) and not values:
            what = f"`{name}` is empty, so that the matrix has no combination"
            raise Refusal(what, "name a value, or remove the list", ("matrix", name))
    if not all(_is_literal(value) for value in said.values()):
        return
    for place, item in enumerate(excluded):
        if not any(item.items() <= row.items() for row in found):
            remedy = "write values as the lists have them, or remove the item"
            path = ("matrix", "exclude", place)
            raise Refusal("this matches no combination, so it excludes nothing", remedy, path)
    if found and all(_is_excluded(row, excluded) for row in found):
        remedy = "leave an item of it out, or take the task out"
        raise Refusal("this leaves no combination, and so no task", remedy, ("matrix", "exclude"))


def _is_excluded(row: Row, excluded: Sequence[Row]) -> bool:
    return any(item.items() <= row.items() for item in excluded)


def _is_literal(said: object) -> bool:
    """Whether a value is the same for all releases: it has no template and is not keyed."""
    if isinstance(said, Mapping):
        return all(map(_is_literal, said.values())) and not any(
            str(name).startswith("by-") for name in said
        )
    if isinstance(said, list | tuple):
        return all(map(_is_literal, said))
    return not isinstance(said, str) or "{" not in said


def _attributes(draft: Draft, row: Row) -> Row:
    """The attributes of a draft with its combination added to `matrix`.

    As in taskgraph, a `matrix` that was copied from upstream is kept and extended.
    """
    copied = draft.attributes.get("matrix")
    before = copied if isinstance(copied, Mapping) else {}
    values = {written(name): value for name, value in row.items()}
    return {**draft.attributes, "matrix": {**before, **values}}


def _rows(written_rows: Sequence[Row] | None) -> Sequence[Row]:
    return [{}] if written_rows is None else [_named(row) for row in written_rows]


def _named(row: Row) -> Row:
    return {variable(name): value for name, value in row.items()}


def _name(draft: Draft, row: Row) -> str:
    return "-".join((draft.name, *(_word(name, value) for name, value in row.items())))


def _word(name: str, value: object) -> str:
    if isinstance(value, Mapping | list | tuple):
        kind = "mapping" if isinstance(value, Mapping) else "list"
        what = f"a value of `{written(name)}` is a {kind}, which no name of a task can hold"
        raise Refusal(what, "say `set-name: false`, and give a `name`", ("matrix", written(name)))
    if isinstance(value, float):
        what = f"a value of `{written(name)}` is the number {value}, not text"
        raise Refusal(what, f'put it in quotes: "{value}"', ("matrix", written(name)))
    return as_key(value)


def _check(found: Sequence[Row], section: Mapping[str, Any]) -> None:
    known = {name for row in found for name in row}
    for name in sorted(_TAKEN & known):
        raise Refusal(f"`{name}` is a variable of every task", "choose another name", ("matrix",))
    for place, item in enumerate(section.get("exclude", ())):
        for name in item:
            if found and variable(name) not in known:
                path = ("matrix", "exclude", place)
                raise unknown_name("a name of this matrix", name, map(written, known), path)


transforms = (expand(matrix, MATRIX),)
