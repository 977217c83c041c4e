"""Takes a request line; gives its API call, with parameters.

Paths are Balrog's: `/api/...` of its admin application, `/api/v1/...` of its public one.
"""

import re
from collections.abc import Callable, Mapping

import attrs

from relpro.updates import releases_api, releases_v2_api, rules_api, scheduling, tables_api
from relpro.updates.calls import Call, Outcome
from relpro.updates.state import PINS, RULES, SHUTOFFS, State

#: Handles a call; calls that change nothing return the same state.
Handler = Callable[[State, Call], Outcome]

_RULE, _RELEASE = "/rules/{rule}", "/releases/{release}"
_LOCALE = _RELEASE + "/builds/{platform}/{locale}"
_SHUTOFF = "/emergency_shutoff/{product}/{channel}"
_V2 = "/v2/releases/{release}"
_CHANGES, _CHANGE = "/scheduled_changes/{table}", "/scheduled_changes/{table}/{change}"
_REQUIRED = "/required_signoffs/product"

#: Calls that anybody may make; also under `/v1`.
_READ: tuple[tuple[str, Handler], ...] = (
    ("/rules", rules_api.list_rules),
    (_RULE, rules_api.get_rule),
    ("/releases", releases_api.list_releases),
    (_RELEASE, releases_api.get_release),
    (_LOCALE, releases_api.get_locale),
    ("/emergency_shutoff", tables_api.list_shutoffs),
    (_SHUTOFF, tables_api.get_shutoff),
    ("/pins/{product}/{channel}/{version}", tables_api.get_pin),
)

_METHODS: tuple[tuple[str, str, Handler], ...] = (
    *(("GET", path, handler) for path, handler in _READ),
    *(("GET", "/v1" + path, handler) for path, handler in _READ),
    ("POST", "/rules", rules_api.create_rule),
    ("POST", _RULE, rules_api.update_rule),
    ("PUT", _RULE, rules_api.update_rule),
    ("DELETE", _RULE, rules_api.delete_rule),
    ("POST", "/releases", releases_api.create_release),
    ("POST", _RELEASE, releases_api.update_release),
    ("DELETE", _RELEASE, releases_api.delete_release),
    ("PUT", _LOCALE, releases_api.update_locale),
    ("PUT", _RELEASE + "/read_only", releases_api.set_read_only),
    ("GET", "/v2/releases", releases_v2_api.list_releases),
    ("GET", _V2, releases_v2_api.get_release),
    ("PUT", _V2, releases_v2_api.put_release),
    ("POST", _V2, releases_v2_api.post_release),
    ("DELETE", _V2, releases_api.delete_release),
    ("PUT", _V2 + "/read_only", releases_v2_api.set_read_only),
    ("PUT", _V2 + "/pinnable", releases_v2_api.set_pin),
    ("GET", "/v2/pins/{product}/{channel}/{version}", tables_api.get_pin),
    ("GET", _CHANGES, scheduling.list_changes),
    ("POST", f"/scheduled_changes/{RULES}", scheduling.schedule_rule),
    ("POST", f"/scheduled_changes/{SHUTOFFS}", scheduling.schedule_shutoff_end),
    ("GET", _CHANGE, scheduling.get_change),
    ("POST", _CHANGE, scheduling.change_change),
    ("DELETE", _CHANGE, scheduling.cancel_change),
    ("POST", _CHANGE + "/enact", scheduling.enact_change),
    ("POST", _CHANGE + "/signoffs", scheduling.sign_change),
    ("DELETE", _CHANGE + "/signoffs", scheduling.revoke_signoff),
    ("POST", "/emergency_shutoff", tables_api.shut_off),
    ("DELETE", _SHUTOFF, tables_api.end_shutoff),
    ("GET", _REQUIRED, tables_api.list_required),
    ("POST", _REQUIRED, tables_api.require),
    ("GET", "/users/{user}", tables_api.get_user),
    ("PUT", "/users/{user}/roles/{role}", tables_api.grant_role),
    ("DELETE", "/users/{user}/roles/{role}", tables_api.revoke_role),
)

#: The form of parameters that cannot be any text.
_PARAMETERS = {"table": "|".join((RULES, PINS, SHUTOFFS)), "change": "[0-9]+"}


@attrs.frozen
class Match:
    """The handler of a call, and the parameters in its path."""

    handler: Handler
    params: Mapping[str, str]


def find_route(verb: str, path: str) -> Match | None:
    """The call for `path` (unquoted, below `/api`), if there is one."""
    for own_verb, pattern, handler in _COMPILED:
        if own_verb == verb and (found := pattern.fullmatch(path)):
            return Match(handler, found.groupdict())
    return None


def _pattern(path: str) -> re.Pattern[str]:
    def group(found: re.Match[str]) -> str:
        return f"(?P<{found[1]}>{_PARAMETERS.get(found[1], '[^/]+')})"

    return re.compile(re.sub(r"{(\w+)}", group, path))


_COMPILED = tuple((verb, _pattern(path), handler) for verb, path, handler in _METHODS)
