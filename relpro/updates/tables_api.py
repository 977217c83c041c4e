"""The API calls about pins, shut-offs, roles of users, and required sign-offs.

Source: Balrog, auslib/web/admin/emergency_shutoff.py and views/{pins_v2,permissions,
required_signoffs}.py. Any named user may make these calls; only signing off needs a role.
"""

from relpro.updates.calls import Call, Json, Outcome, Problem, Reply, check_version, versioned
from relpro.updates.signoffs import required, verify
from relpro.updates.state import Shutoff, State, with_entry


def get_pin(state: State, call: Call) -> Outcome:
    """The release of a pin."""
    key = (call.params["product"], call.params["channel"], call.params["version"])
    pinned = state.pins.get(key)
    if pinned is None:
        raise Problem(404, "Pin does not exist")
    body = {**call.params, "mapping": pinned.mapping, "data_version": pinned.data_version}
    return state, versioned(body, pinned.data_version)


def list_shutoffs(state: State, call: Call) -> Outcome:
    """Products and channels without updates."""
    del call
    rows = [_shutoff(key, shutoff) for key, shutoff in state.shutoffs.items()]
    return state, Reply({"count": len(rows), "shutoffs": rows})


def get_shutoff(state: State, call: Call) -> Outcome:
    """The shut-off of a product on a channel."""
    key = (call.params["product"], call.params["channel"])
    shutoff = state.shutoffs.get(key)
    if shutoff is None:
        raise Problem(404, "Requested emergency shutoff wasn't found")
    return state, versioned(_shutoff(key, shutoff), shutoff.data_version)


def shut_off(state: State, call: Call) -> Outcome:
    """Stop the updates of a product on a channel, at once and without sign-offs."""
    key = (str(call.body.get("product")), str(call.body.get("channel")))
    if key in state.shutoffs:
        raise Problem(400, "Emergency shutoff for product/channel already exists.")
    shutoff = Shutoff(call.body.get("comment"))
    return with_entry(state, "shutoffs", key, shutoff), Reply(_shutoff(key, shutoff), 201)


def end_shutoff(state: State, call: Call) -> Outcome:
    """Resume updates, if that requires no sign-offs."""
    key = (call.params["product"], call.params["channel"])
    if key not in state.shutoffs:
        raise Problem(404, "Shutoff wasn't found")
    verify(required(state, [key]), ())
    check_version(state.shutoffs[key].data_version, call.query.get("data_version"))
    return with_entry(state, "shutoffs", key, None), Reply("")


def list_required(state: State, call: Call) -> Outcome:
    """The required sign-offs."""
    del call
    rows = [
        {"product": product, "channel": channel, "role": role, "signoffs_required": number}
        for (product, channel, role), number in state.required.items()
    ]
    return state, Reply({"count": len(rows), "required_signoffs": rows})


def require(state: State, call: Call) -> Outcome:
    """Require a number of sign-offs of a role for a product and channel."""
    product, channel, role = (str(call.body.get(key)) for key in ("product", "channel", "role"))
    number = call.body.get("signoffs_required")
    if not isinstance(number, int) or number < 1:
        raise Problem(400, "signoffs_required is not a number from 1 on")
    if (product, channel, role) in state.required:
        raise Problem(400, "Cannot require signoffs twice: schedule a change of the number")
    return with_entry(state, "required", (product, channel, role), number), Reply(
        {"new_data_version": 1}, 201
    )


def grant_role(state: State, call: Call) -> Outcome:
    """Give a user a role."""
    user, role = call.params["user"], call.params["role"]
    held = state.roles.get(user, ())
    if role in held:
        return state, Reply({"new_data_version": 1})
    state = with_entry(state, "roles", user, (*held, role))
    return state, Reply({"new_data_version": 1}, 201)


def revoke_role(state: State, call: Call) -> Outcome:
    """Take a role from a user."""
    user, role = call.params["user"], call.params["role"]
    left = tuple(held for held in state.roles.get(user, ()) if held != role)
    return with_entry(state, "roles", user, left or None), Reply("")


def get_user(state: State, call: Call) -> Outcome:
    """The roles of a user; `current` is the caller."""
    user = call.user if call.params["user"] == "current" else call.params["user"]
    roles = {role: {"data_version": 1} for role in state.roles.get(user, ())}
    return state, Reply({"username": user, "roles": roles})


def _shutoff(key: tuple[str, str], shutoff: Shutoff) -> Json:
    return {
        "product": key[0],
        "channel": key[1],
        "comment": shutoff.comment,
        "data_version": shutoff.data_version,
    }
