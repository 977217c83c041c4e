"""Takes a scheduled change; gives the required sign-offs, and the state after the change."""

from collections.abc import Mapping
from typing import Any

import attrs

from relpro.updates.calls import Problem, check_version
from relpro.updates.rule import COLUMNS, rule_from_json
from relpro.updates.rules_api import change_rule, make_rule, remove_rule
from relpro.updates.signoffs import required, required_by_rules, verify
from relpro.updates.state import PINS, RULES, Change, Pinned, State, with_entry

#: Columns that identify the rule to change, and the version that was read.
_KEYS = frozenset({"rule_id", "data_version"})


def row_of(change: Change) -> Any:
    """The key of the changed row; None for a new row."""
    if change.table == RULES:
        return change.what.get("rule_id")
    names = ("product", "channel", "version") if change.table == PINS else ("product", "channel")
    return tuple(change.what[name] for name in names)


def needed(state: State, change: Change) -> Mapping[str, int]:
    """How many sign-offs of each role a change requires. A pin requires none."""
    if change.table == PINS:
        return {}
    if change.table != RULES:
        return required(state, [(change.what["product"], change.what["channel"])])
    old = state.rules.get(change.what.get("rule_id", 0))
    if change.kind == "insert" or old is None:
        return required_by_rules(
            state, [rule_from_json({"rule_id": 0, "priority": 0, "mapping": None, **change.what})]
        )
    named = {COLUMNS[name]: value for name, value in _columns(change).items()}
    return required_by_rules(state, [old, attrs.evolve(old, **named)])


def enacted(state: State, change: Change) -> State:
    """The state after a change, which is then complete. Raises `Problem`."""
    complete = attrs.evolve(change, complete=True, data_version=change.data_version + 1)
    state = with_entry(state, "changes", change.sc_id, complete)
    signed = tuple(change.signoffs.values())
    if change.table == RULES:
        return _enacted_rule(state, change, signed)
    verify(needed(state, change), signed)
    if change.table == PINS:
        pinned = state.pins.get(row_of(change))
        number = pinned.data_version + 1 if pinned else 1
        return with_entry(state, "pins", row_of(change), Pinned(change.what["mapping"], number))
    return with_entry(state, "shutoffs", row_of(change), None)


def _enacted_rule(state: State, change: Change, signed: tuple[str, ...]) -> State:
    if change.kind == "insert":
        new = make_rule(state, change.what, signed)
        return with_entry(state, RULES, new.rule_id, new)
    rule = state.rules.get(change.what["rule_id"])
    if rule is None:
        raise Problem(400, "the rule does not exist any more")
    check_version(rule.data_version, change.what["data_version"])
    if change.kind == "delete":
        return remove_rule(state, rule, signed)
    return change_rule(state, rule, _columns(change), signed)


def _columns(change: Change) -> Mapping[str, Any]:
    return {name: value for name, value in change.what.items() if name not in _KEYS}
