"""The API calls about scheduled changes, which need sign-offs.

Source: Balrog, auslib/web/admin/views/scheduled_changes.py, auslib/db.py (`ScheduledChangeTable`),
and agent/src/balrogagent/cmd.py, which enacts changes that are due.
"""

from collections.abc import Mapping
from typing import Any

import attrs

from relpro.updates.calls import Call, Json, Outcome, Problem, Reply, check_version
from relpro.updates.columns import read_columns
from relpro.updates.enacting import enacted, needed, row_of
from relpro.updates.signoffs import sign, signed_by_author
from relpro.updates.state import PINS, RULES, SHUTOFFS, Change, State, next_number, with_entry

_KINDS = ("insert", "update", "delete")


def list_changes(state: State, call: Call) -> Outcome:
    """The pending changes of a table, or with `all`, all of them."""
    every = "all" in call.query
    found = [
        change_to_json(state, change)
        for change in state.changes.values()
        if change.table == call.params["table"] and (every or not change.complete)
    ]
    return state, Reply({"count": len(found), "scheduled_changes": found})


def get_change(state: State, call: Call) -> Outcome:
    """One scheduled change."""
    found = change_to_json(state, _change(state, call))
    return state, Reply({"scheduled_change": found})


def change_to_json(state: State, change: Change) -> Json:
    """A scheduled change, with its sign-offs and the required ones."""
    return {
        **change.what,
        "sc_id": change.sc_id,
        "change_type": change.kind,
        "when": change.when,
        "scheduled_by": change.scheduled_by,
        "complete": change.complete,
        "sc_data_version": change.data_version,
        "signoffs": change.signoffs,
        "required_signoffs": {} if change.complete else needed(state, change),
    }


def schedule_rule(state: State, call: Call) -> Outcome:
    """Schedule the creation, change or deletion of a rule."""
    kind, when = call.body.get("change_type"), _when(call)
    if kind not in _KINDS:
        raise Problem(400, "Invalid or missing change_type")
    what: dict[str, Any] = {}
    if kind != "insert":
        rule = state.rule(str(call.body.get("rule_id")))
        if rule is None:
            raise Problem(400, "Cannot create scheduled change for non-existent row")
        check_version(rule.data_version, call.body.get("data_version"))
        what = {"rule_id": rule.rule_id, "data_version": rule.data_version}
    if kind != "delete":
        what |= read_columns(state, call.body, rule_id=what.get("rule_id"))
    return _scheduled(state, call, RULES, kind, what, when)


def schedule_shutoff_end(state: State, call: Call) -> Outcome:
    """Schedule the removal of a shut-off."""
    if call.body.get("change_type") != "delete":
        raise Problem(400, "Invalid or missing change_type")
    key = (str(call.body.get("product")), str(call.body.get("channel")))
    if key not in state.shutoffs:
        raise Problem(400, "Shutoff does not exist")
    check_version(state.shutoffs[key].data_version, call.body.get("data_version"))
    what = {"product": key[0], "channel": key[1]}
    return _scheduled(state, call, SHUTOFFS, "delete", what, _when(call))


def schedule_pin(state: State, call: Call, what: Mapping[str, object]) -> Outcome:
    """Schedule a release for a pin, replacing the change that is scheduled for it."""
    when = _when(call)
    for change in state.pending(PINS):
        if row_of(change) == tuple(what[key] for key in ("product", "channel", "version")):
            changed = attrs.evolve(
                change, what=what, when=when, data_version=change.data_version + 1
            )
            state = with_entry(state, "changes", change.sc_id, changed)
            return state, Reply({".": {"sc_id": change.sc_id, "when": when}})
    state, reply = _scheduled(state, call, PINS, "update", what, when)
    return state, Reply({".": {"sc_id": reply.body["sc_id"], "when": when}})


def change_change(state: State, call: Call) -> Outcome:
    """Change what is scheduled: only the author's sign-off is kept."""
    change = _open_change(state, call)
    check_version(change.data_version, call.body.get("sc_data_version"))
    what = dict(change.what)
    if change.table == RULES and change.kind != "delete":
        what |= read_columns(state, call.body, rule_id=what.get("rule_id"))
    when = _when(call) if "when" in call.body else change.when
    changed = attrs.evolve(
        change,
        what=what,
        when=when,
        scheduled_by=call.user,
        data_version=change.data_version + 1,
        signoffs={user: role for user, role in change.signoffs.items() if user == call.user},
    )
    changed = signed_by_author(state, changed, needed(state, changed))
    state = with_entry(state, "changes", change.sc_id, changed)
    body = {"new_data_version": changed.data_version, "signoffs": changed.signoffs}
    return state, Reply(body)


def cancel_change(state: State, call: Call) -> Outcome:
    """Cancel a scheduled change."""
    change = _open_change(state, call)
    check_version(change.data_version, call.query.get("data_version"))
    return with_entry(state, "changes", change.sc_id, None), Reply({})


def sign_change(state: State, call: Call) -> Outcome:
    """Sign off a change with a role."""
    change = _open_change(state, call)
    signed = sign(state, change, call.user, str(call.body.get("role")))
    return with_entry(state, "changes", change.sc_id, signed), Reply({})


def revoke_signoff(state: State, call: Call) -> Outcome:
    """Revoke a sign-off."""
    change = _open_change(state, call)
    user = call.query.get("username", call.user)
    role = change.signoffs.get(user)
    if role is None:
        return state, Reply({"error": f"{user} has no signoff to revoke"})
    if role not in state.roles.get(call.user, ()):
        raise Problem(
            403, "Cannot revoke a signoff made by someone in a group you do not belong to"
        )
    left = {one: held for one, held in change.signoffs.items() if one != user}
    return with_entry(state, "changes", change.sc_id, attrs.evolve(change, signoffs=left)), Reply(
        {}
    )


def enact_change(state: State, call: Call) -> Outcome:
    """Enact a change now, whatever its time, if it has its sign-offs."""
    return enacted(state, _open_change(state, call)), Reply({})


def enact_due(state: State, now: int) -> State:
    """The state after all changes that are due and signed off, as Balrog's agent enacts them."""
    for change in state.changes.values():
        if not change.complete and change.when <= now:
            try:
                state = enacted(state, change)
            except Problem:
                continue  # not signed off yet, or in conflict: it stays, for people to see
    return state


def _scheduled(state: State, call: Call, table: str, kind: str, what: Json, when: int) -> Outcome:
    change = Change(next_number(state.changes), table, kind, what, when, call.user)
    key = row_of(change)
    if key is not None and any(row_of(other) == key for other in state.pending(table)):
        raise Problem(400, "Cannot schedule a change for a row with one already scheduled")
    change = signed_by_author(state, change, needed(state, change))
    body = {"sc_id": change.sc_id, "signoffs": change.signoffs}
    return with_entry(state, "changes", change.sc_id, change), Reply(body)


def _when(call: Call) -> int:
    when = call.body.get("when")
    if not isinstance(when, int):
        raise Problem(400, "'when' cannot be set to null when scheduling a new change")
    if when < call.now:
        raise Problem(400, "Changes may not be scheduled in the past")
    return when


def _change(state: State, call: Call) -> Change:
    change = state.changes.get(int(call.params["change"]))
    if change is None or change.table != call.params["table"]:
        raise Problem(404, "Scheduled change does not exist")
    return change


def _open_change(state: State, call: Call) -> Change:
    change = _change(state, call)
    if change.complete:
        raise Problem(400, "Scheduled change already completed.")
    return change
