"""Takes the input of a promotion and its flavor, finds missing and unused values.

The input fits its schema; these checks concern several fields.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from relpro.actions.action_input import Input
from relpro.errors import Diagnostic
from relpro.model.config import Flavor, GraphConfig
from relpro.model.counted import listed
from relpro.model.policy import Period

Parameters = Mapping[str, Any]

#: The suffix of a release type that is first offered to beta users.
CANDIDATE = "-rc"

#: Field of the input -> the partner kind that it enables, in the order of the messages.
PARTNER_SWITCHES: Mapping[str, str] = {
    "release_enable_partner_repack": "release-partner-repack",
    "release_enable_partner_attribution": "release-partner-attribution",
    "release_enable_emefree": "release-eme-free-repack",
}

#: Those of which `release_partners` selects some.
_WITH_PARTNERS = ("release_enable_partner_repack", "release_enable_partner_attribution")

_NAMED = 5

#: The fields of the input with the flavor, and with earlier versions: version -> its build number
#: and locales.
FLAVOR, UPDATES = "release_promotion_flavor", "partial_updates"

#: Clocks of callers and workers differ by this much at most.
_TOLERANCE = timedelta(minutes=5)


def switches(given: Mapping[str, object], flavor: Flavor) -> Mapping[str, bool]:
    """What partner builds are made: as the flavor says, else as the input does."""
    return {name: bool({**given, **flavor.parameters}.get(name)) for name in PARTNER_SWITCHES}


def unmet_demands(
    given: Input, flavor: Flavor, first: Parameters, config: GraphConfig, now: datetime
) -> Iterator[Diagnostic]:
    """One diagnostic (Q709) for each value that `flavor` needs and the input does not have.

    Also for values of the input that the flavor does not use. `first` are parameters of the
    promoted push, `now` is the time of the request.
    """
    if flavor.version_bump and not given.text("next_version"):
        yield given.refused(
            FLAVOR,
            what="field `next_version` of the input is missing",
            why=f"flavor `{flavor.name}` bumps the version",
            remedy="give the version that follows this release",
        )
    is_production = config.release_level(first["project"], first["level"]) == "production"
    if flavor.partial_updates and is_production and not given[UPDATES]:
        yield given.refused(
            FLAVOR,
            what="field `partial_updates` of the input is missing",
            why=f"flavor `{flavor.name}` makes partial updates on a production release",
            remedy="name the earlier versions from which users update",
        )
    if given[UPDATES] and not flavor.partial_updates:
        yield given.refused(
            UPDATES,
            what=f"`{UPDATES}` names {listed([*given[UPDATES]], _NAMED)}",
            why=f"flavor `{flavor.name}` makes no partial updates",
            remedy="leave them out",
        )
    yield from _eta_problems(given, now, config.policy.push_to_ship)
    yield from _partner_problems(given, flavor)


def no_candidates(
    given: Input, flavor: Flavor, release_type: str, config: GraphConfig
) -> Iterator[Diagnostic]:
    """A diagnostic (Q709) where `flavor` makes candidates of releases that have none."""
    types = config.release_types.rows
    own = release_type.removesuffix(CANDIDATE)
    if flavor.is_rc and types and f"{own}{CANDIDATE}" not in types:
        what = f"flavor `{flavor.name}` makes release candidates, and `{own}` has none"
        why = f"`release-types` has no row `{own}{CANDIDATE}`"
        remedy = "ask for a flavor that makes releases"
        yield given.refused(FLAVOR, what=what, why=why, remedy=remedy)


def _eta_problems(given: Input, now: datetime, longest: Period | None) -> Iterator[Diagnostic]:
    eta = given.text("release_eta")
    if not eta:
        return
    try:
        when = datetime.fromisoformat(eta)
    except ValueError:
        what = f"`release_eta` is `{eta}`, which is not a date"
        remedy = "write it like `2030-01-31T13:00:00Z`"
        yield given.refused("release_eta", what=what, remedy=remedy)
        return
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    if when < now - _TOLERANCE:
        yield given.refused(
            "release_eta",
            what=f"`release_eta` is in the past: {when.isoformat()}",
            why=f"it is {now.isoformat(timespec='seconds')} now",
            remedy="give a later date, or none to go live at once",
        )
    elif longest and (when - now).total_seconds() > longest.seconds:
        is_long = f"`policy.push-to-ship` is {longest.words}"
        yield given.refused(
            "release_eta",
            what=f"`release_eta` is more than {longest.words} ahead: {when.isoformat()}",
            why=f"{is_long}: what is built is shipped within that time",
            remedy="give an earlier date",
        )


def _partner_problems(given: Input, flavor: Flavor) -> Iterator[Diagnostic]:
    on = switches(given, flavor)
    repacks, attribution = (on[name] for name in _WITH_PARTNERS)
    if repacks and attribution and given["release_partners"]:
        yield given.refused(
            "release_partners",
            what="`release_partners` names a subset while repacks and attribution are both on",
            why="one subset cannot stand for both",
            remedy="promote them one after the other, or all partners",
        )
    if given["release_partners"] and not (repacks or attribution):
        switch = " or ".join(f"`{name}: true`" for name in _WITH_PARTNERS)
        yield given.refused(
            "release_partners",
            what=f"`release_partners` names {listed(given['release_partners'], _NAMED)}",
            why="no partner builds are made: their switches are off",
            remedy=f"leave it out, or give {switch}",
        )
    if given.get("release_partner_config") and not any(on.values()):
        yield given.refused(
            "release_partner_config",
            what="`release_partner_config` is given, and no such builds are made",
            why="their switches are off",
            remedy=f"leave it out, or give `{next(iter(on))}: true`",
        )
