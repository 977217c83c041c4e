"""Takes a task body, gives what balrogscript, bouncerscript or shipitscript refuses in it."""

from collections.abc import Iterator, Mapping

from relpro.schemas.wording import listed
from relpro.verify.scripts.script import (
    SERVERS,
    Body,
    Demand,
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


def behavior_of(body: Body) -> str:
    """The action of a balrogscript task: of its payload, else its action scope, else default."""
    behavior: str | None = body["payload"].get("behavior")
    return behavior or only(body, ":balrog:action:") or "submit-locale"


def _balrog_schemas(body: Body) -> tuple[str, ...]:
    name = _BALROG.get(str(behavior_of(body)))
    return (name,) if name else ()


def _behavior_is_known(body: Body) -> Iterator[str]:
    behavior = str(behavior_of(body))
    if behavior not in _BALROG:
        yield f"`payload.behavior` is `{behavior}`, not one of {listed(_BALROG)}"
    for action in values(body, ":balrog:action:"):
        if action != behavior:
            yield f"`payload.behavior` is `{behavior}`, but a scope names action `{action}`"


def _schedule_has_an_eta(body: Body) -> Iterator[str]:
    if behavior_of(body) == "schedule" and "release_eta" not in body["payload"]:
        yield "`payload` lacks `release_eta`, which may be empty"


def _one_manifest_is_submitted(body: Body) -> Iterator[str]:
    """The script reads the first path of the first artifact and ignores all others."""
    paths = upstream_paths(body) if "submit-locale" in behavior_of(body) else []
    if len(paths) > 1:
        yield f"`payload.upstreamArtifacts` must be one manifest, found {listed(paths)}"


def _rate_is_a_percentage(body: Body) -> Iterator[str]:
    """The service refuses the value, which the script passes on unchecked."""
    rate = body["payload"].get("background_rate")
    if behavior_of(body) == "schedule" and rate is not None and not 0 <= rate <= 100:
        yield f"`payload.background_rate` is {rate}, which is not a percentage"


def _partials_are_builds(body: Body) -> Iterator[str]:
    """The script splits each at its only `build`."""
    if "submit-toplevel" not in behavior_of(body):
        return
    named = body["payload"].get("partial_versions")
    for one in named.split(",") if named else ():
        if one.count("build") != 1:
            yield f"`payload.partial_versions`: `{one.strip()}` is not `<version>build<n>`"


BALROG = Script(
    _balrog_schemas,
    (
        Demand(
            "One scope names the server.",
            "balrogscript/task.py: get_task_server",
            exactly_one(":balrog:server:", _BALROG_SERVERS),
        ),
        Demand(
            "The behavior is known, and a scope of an action, if held, names the same.",
            "balrogscript/task.py: get_task_behavior",
            _behavior_is_known,
        ),
    ),
    (
        Demand(
            "The payload has `release_eta`, if only an empty text.",
            "balrogscript/script.py: schedule",
            _schedule_has_an_eta,
            ("schedule",),
        ),
        Demand(
            "`background_rate` is 0 to 100.",
            "Balrog, tables of rules and of their scheduled changes",
            _rate_is_a_percentage,
            ("schedule",),
        ),
        Demand(
            "Each of `partial_versions` is `<version>build<n>`.",
            "balrogscript/script.py: submit_toplevel",
            _partials_are_builds,
            ("submit-toplevel", "v2-submit-toplevel"),
        ),
        Demand(
            "One manifest is all of the upstream artifacts.",
            "balrogscript/task.py: get_manifest",
            _one_manifest_is_submitted,
            ("submit-locale", "v2-submit-locale"),
        ),
    ),
)


def _products_have_all_options(body: Body) -> Iterator[str]:
    """The script reads them without defaults, although its schema makes them optional."""
    if only(body, ":bouncer:action:") != "submission":
        return
    for product, entry in body["payload"]["submission_entries"].items():
        place = f"`payload.submission_entries.{product}"
        if not _mapping(_mapping(entry).get("paths_per_bouncer_platform")):
            yield f"{place}` lacks `paths_per_bouncer_platform`"
        for key in ("add_locales", "ssl_only"):
            if key not in _mapping(_mapping(entry).get("options")):
                yield f"{place}.options` lacks `{key}`"


def _mapping(value: object) -> Mapping[str, object]:
    """A value, if it is a mapping: the script's schema allows anything."""
    return value if isinstance(value, dict) else {}


BOUNCER = Script(
    by_scope(":bouncer:action:", _BOUNCER),
    (
        Demand(
            "One scope names the server.",
            "bouncerscript/task.py: get_task_server",
            exactly_one(":bouncer:server:", SERVERS),
        ),
        Demand(
            "One scope names an action.",
            "bouncerscript/task.py: get_task_action",
            exactly_one(":bouncer:action:", tuple(_BOUNCER)),
        ),
    ),
    (
        Demand(
            "Every product has paths, and the options `add_locales` and `ssl_only`.",
            "bouncerscript/script.py: bouncer_submission",
            _products_have_all_options,
            ("submission",),
        ),
    ),
)

SHIPIT = Script(
    by_scope(":ship-it:action:", _SHIPIT),
    (
        Demand(
            "One scope names the server.",
            "shipitscript/task.py: get_ship_it_instance_config_from_scope",
            exactly_one(":ship-it:server:", SERVERS),
        ),
        Demand(
            "One scope names an action.",
            "shipitscript/task.py: get_task_action",
            exactly_one(":ship-it:action:", tuple(_SHIPIT)),
        ),
    ),
)
