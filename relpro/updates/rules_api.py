"""The API calls about rules.

Source: Balrog, auslib/web/admin/views/rules.py, auslib/web/common/rules.py, auslib/db.py (`Rules`).
"""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from relpro.updates.calls import Call, Outcome, Problem, Reply, check_version, versioned
from relpro.updates.columns import read_columns
from relpro.updates.rule import COLUMNS, Rule, rule_from_json, rule_to_json
from relpro.updates.signoffs import required_by_rules, verify
from relpro.updates.state import RULES, State, next_number, with_entry

#: Required columns of a rule.
_NEEDED = ("mapping", "priority", "backgroundRate", "update_type")


def list_rules(state: State, call: Call) -> Outcome:
    """All rules, or those of a product, lowest priority first."""
    product = call.query.get("product")
    found = [rule for rule in state.rules.values() if product in {None, "", rule.product}]
    found.sort(key=lambda rule: (rule.priority, rule.version or "", rule.mapping or ""))
    return state, Reply({"count": len(found), "rules": [rule_to_json(rule) for rule in found]})


def get_rule(state: State, call: Call) -> Outcome:
    """One rule, by number or alias."""
    rule = _rule(state, call)
    return state, versioned(rule_to_json(rule), rule.data_version)


def create_rule(state: State, call: Call) -> Outcome:
    """Create a rule; the answer has its number."""
    new = make_rule(state, read_columns(state, call.body), ())
    return with_entry(state, RULES, new.rule_id, new), Reply(str(new.rule_id))


def update_rule(state: State, call: Call) -> Outcome:
    """Change columns of a rule."""
    rule = _rule(state, call)
    what = read_columns(state, call.body, rule_id=rule.rule_id)
    check_version(rule.data_version, call.body.get("data_version"))
    changed = change_rule(state, rule, what, ())
    return changed, Reply({"new_data_version": changed.rules[rule.rule_id].data_version})


def delete_rule(state: State, call: Call) -> Outcome:
    """Delete a rule."""
    rule = _rule(state, call)
    check_version(rule.data_version, call.query.get("data_version"))
    return remove_rule(state, rule, ()), Reply("")


def make_rule(state: State, what: Mapping[str, object], signed: Iterable[str]) -> Rule:
    """A new rule with these columns, if it has enough sign-offs."""
    missing = [name for name in _NEEDED if what.get(name) is None]
    if missing:
        raise Problem(400, f"{', '.join(missing)} cannot be null/empty")
    rule = rule_from_json({**what, "rule_id": next_number(state.rules)})
    verify(required_by_rules(state, [rule]), signed)
    return rule


def change_rule(state: State, rule: Rule, what: Mapping[str, Any], signed: Iterable[str]) -> State:
    """The state after a change of a rule, if it has enough sign-offs.

    A change that is scheduled for the rule is updated, or conflicts if it changes the same column.
    """
    named = {COLUMNS[name]: value for name, value in what.items()}
    new = attrs.evolve(rule, **named, data_version=rule.data_version + 1)
    verify(required_by_rules(state, [rule, new]), signed)
    old, state = rule_to_json(rule), with_entry(state, RULES, rule.rule_id, new)
    differing = {name: value for name, value in what.items() if old[name] != value}
    for change in state.pending(RULES):
        if change.what.get("rule_id") != rule.rule_id:
            continue
        both = [name for name in differing if change.what.get(name, old[name]) != old[name]]
        if both:
            raise Problem(
                400,
                f"Cannot safely merge change to '{both[0]}' with scheduled change '{change.sc_id}'",
            )
        merged = {**change.what, **differing, "data_version": new.data_version}
        merged_change = attrs.evolve(change, what=merged, data_version=change.data_version + 1)
        state = with_entry(state, "changes", change.sc_id, merged_change)
    return state


def remove_rule(state: State, rule: Rule, signed: Iterable[str]) -> State:
    """The state without a rule, if that has enough sign-offs."""
    verify(required_by_rules(state, [rule]), signed)
    return with_entry(state, RULES, rule.rule_id, None)


def _rule(state: State, call: Call) -> Rule:
    rule = state.rule(call.params["rule"])
    if rule is None:
        raise Problem(404, "Requested rule wasn't found")
    return rule
