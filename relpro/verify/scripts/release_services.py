"""Takes a task body, gives what balrogscript, bouncerscript or shipitscript refuses in it."""

from collections.abc import Iterator

from relpro.schemas.wording import listed
from relpro.verify.scripts.script import (
    SERVERS,
    Body,
    Script,
    by_scope,
    exactly_one,
    only,
    upstream_paths,
    values,
)

_BALROG_SERVERS = ("nightly", "aurora", "beta", "release", "esr", "dep", "staging")

_BALROG = {
    "submit-locale": "balrogscript/balrog_submit-locale_schema.json",
    "v2-submit-locale": "balrogscript/balrog_submit-locale_schema.json",
    "submit-toplevel": "balrogscript/balrog_submit-toplevel_schema.json",
    "v2-submit-toplevel": "balrogscript/balrog_submit-toplevel_schema.json",
    "submit-system-addons": "balrogscript/balrog_submit-system-addons_schema.json",
    "schedule": "balrogscript/balrog_schedule_schema.json",
    "set-readonly": "balrogscript/balrog_set-readonly_schema.json",
}

_BOUNCER = {
    "submission": "bouncerscript/bouncer_submission_task_schema.json",
    "aliases": "bouncerscript/bouncer_aliases_task_schema.json",
    "locations": "bouncerscript/bouncer_locations_task_schema.json",
}

_SHIPIT = {
    "mark-as-shipped": "shipitscript/mark_as_shipped_task_schema.json",
    "mark-as-merged": "shipitscript/mark_as_merged_task_schema.json",
    "create-new-release": "shipitscript/create_new_release_task_schema.json",
    "create-new-nightly-release": "shipitscript/create_new_nightly_release_task_schema.json",
    "update-product-channel-version": "shipitscript/update_product_channel_version_schema.json",
}


def _behavior(body: Body) -> str:
    """What a balrogscript task does: its payload says, else its action scope, else the default."""
    behavior: str | None = body["payload"].get("behavior")
    return behavior or only(body, ":balrog:action:") or "submit-locale"


def _balrog_schemas(body: Body) -> tuple[str, ...]:
    name = _BALROG.get(str(_behavior(body)))
    return (name,) if name else ()


def _behavior_is_known(body: Body) -> Iterator[str]:
    """The behavior is one of the script's, and an action scope, if held, names the same.

    Source: balrogscript.
    """
    behavior = str(_behavior(body))
    if behavior not in _BALROG:
        yield f"`payload.behavior` is `{behavior}`, not one of {listed(_BALROG)}"
    for action in values(body, ":balrog:action:"):
        if action != behavior:
            yield f"`payload.behavior` is `{behavior}`, but a scope names action `{action}`"


def _schedule_has_an_eta(body: Body) -> Iterator[str]:
    """A scheduled change has the key `release_eta`, if only with an empty text.

    Source: balrogscript; its schema does not ask for the key.
    """
    if _behavior(body) == "schedule" and "release_eta" not in body["payload"]:
        yield "`payload` lacks `release_eta`, which may be empty"


def _one_manifest_is_submitted(body: Body) -> Iterator[str]:
    """A task that submits a locale names one upstream artifact: the manifest.

    Source: balrogscript, which reads the first path of the first and passes over all others.
    """
    paths = upstream_paths(body) if "submit-locale" in _behavior(body) else []
    if len(paths) > 1:
        yield f"`payload.upstreamArtifacts` must be one manifest, found {listed(paths)}"


def _rate_is_a_share(body: Body) -> Iterator[str]:
    """The rate of an update rule is a whole percentage, from 0 to 100.

    Source: Balrog, its tables of rules and scheduled changes; the script's schema takes any number.
    """
    rate = body["payload"].get("background_rate")
    if rate is not None and not 0 <= rate <= 100:
        yield f"`payload.background_rate` is {rate}, which is no percentage"


BALROG = Script(
    _balrog_schemas,
    (exactly_one(":balrog:server:", _BALROG_SERVERS), _behavior_is_known),
    (_schedule_has_an_eta, _one_manifest_is_submitted, _rate_is_a_share),
)

BOUNCER = Script(
    by_scope(":bouncer:action:", _BOUNCER),
    (exactly_one(":bouncer:server:", SERVERS), exactly_one(":bouncer:action:", tuple(_BOUNCER))),
)

SHIPIT = Script(
    by_scope(":ship-it:action:", _SHIPIT),
    (exactly_one(":ship-it:server:", SERVERS), exactly_one(":ship-it:action:", tuple(_SHIPIT))),
)
