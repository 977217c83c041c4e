"""The data of an update server: tables, required sign-offs, and scheduled changes.

Source: Balrog, auslib/db.py. A state is immutable; a call returns a new one.
"""

from collections.abc import Mapping
from typing import Any

import attrs

from relpro.updates.answer import Tables
from relpro.updates.offer import Hosts
from relpro.updates.release import Release
from relpro.updates.rule import Rule

#: Tables whose changes can be scheduled, by Balrog's names.
RULES, PINS, SHUTOFFS = "rules", "pinnable_releases", "emergency_shutoff"


@attrs.frozen
class Pinned:
    """The release of a pin."""

    mapping: str
    data_version: int = 1


@attrs.frozen
class Shutoff:
    """A product gets no updates on a channel."""

    comment: str | None = None
    data_version: int = 1


@attrs.frozen
class Change:
    """A change that is enacted at a time, once it is signed off.

    `kind` is `insert`, `update` or `delete`; `what` has the columns of the row, `when` is in
    milliseconds since
    1970. `signoffs` are roles by user.
    """

    sc_id: int
    table: str
    kind: str
    what: Mapping[str, Any] = attrs.field(hash=False)
    when: int
    scheduled_by: str
    signoffs: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    complete: bool = False
    data_version: int = 1


def _table(key: str) -> Any:
    """A field that is a table of the database; `key` describes its keys."""
    return attrs.field(factory=dict, hash=False, metadata={"key": key})


@attrs.frozen
class State:
    """All data at one moment, by key.

    Pins are by product, channel and version, shut-offs by product and channel, `required` numbers
    of sign-offs by product, channel and role, `roles` by user.
    """

    rules: Mapping[int, Rule] = _table("number")
    releases: Mapping[str, Release] = _table("name")
    pins: Mapping[tuple[str, str, str], Pinned] = _table("names")
    shutoffs: Mapping[tuple[str, str], Shutoff] = _table("names")
    required: Mapping[tuple[str, str, str], int] = _table("names")
    roles: Mapping[str, tuple[str, ...]] = _table("name")
    changes: Mapping[int, Change] = _table("number")

    def tables(self, hosts: Hosts) -> Tables:
        """What decides the answers to clients."""
        return Tables(
            rules=self.rules.values(),
            releases=self.releases,
            pins={key: pinned.mapping for key, pinned in self.pins.items()},
            shutoffs=frozenset(self.shutoffs),
            hosts=hosts,
        )

    def rule(self, name: str) -> Rule | None:
        """A rule by its number or alias."""
        if name.isascii() and name.isdigit():
            return self.rules.get(int(name))
        return next((rule for rule in self.rules.values() if rule.alias == name), None)

    def pending(self, table: str) -> list[Change]:
        """The pending changes of a table, oldest first."""
        return [
            change
            for change in self.changes.values()
            if change.table == table and not change.complete
        ]


def with_entry(state: State, field: str, key: object, value: object) -> State:
    """A state in which an entry of a table is replaced, added, or, with None, removed."""
    table = {**getattr(state, field)}
    if value is None:
        table.pop(key, None)
    else:
        table[key] = value
    return attrs.evolve(state, **{field: table})


def next_number(table: Mapping[int, object]) -> int:
    """A number higher than that of any present entry of a table."""
    return max(table, default=0) + 1
