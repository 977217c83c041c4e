"""Takes the input of a promotion and its flavor, gives what the release lacks or has no use for.

The input has passed its schema; here is what depends on more than one field.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from relpro.actions.action_input import refused
from relpro.errors import Diagnostic
from relpro.model.config import Flavor, GraphConfig
from relpro.model.counted import listed
from relpro.model.policy import Period

Input = Mapping[str, Any]
Parameters = Mapping[str, Any]

#: How the type of a release ends that is first offered to those who run betas.
CANDIDATE = "-rc"

#: Field of the input -> partner kind whose tasks it switches on. Order is that of the messages.
PARTNER_SWITCHES: Mapping[str, str] = {
    "release_enable_partner_repack": "release-partner-repack",
    "release_enable_partner_attribution": "release-partner-attribution",
    "release_enable_emefree": "release-eme-free-repack",
}

#: Of those, the ones that `release_partners` chooses from.
_WITH_PARTNERS = ("release_enable_partner_repack", "release_enable_partner_attribution")

_NAMED = 5

#: Clocks of callers and workers differ by this much at most.
_TOLERANCE = timedelta(minutes=5)


def given_text(given: Input, name: str) -> str:
    """A text field; empty where it is missing, null, or what a form makes of null: `None`."""
    value = given.get(name)
    return "" if value in (None, "None") else str(value)


def switches(given: Input, flavor: Flavor) -> Mapping[str, bool]:
    """What partner builds are made: as the flavor says, else as the input does."""
    return {name: bool({**given, **flavor.parameters}.get(name)) for name in PARTNER_SWITCHES}


def unmet_demands(
    given: Input, flavor: Flavor, first: Parameters, config: GraphConfig, now: datetime
) -> Iterator[Diagnostic]:
    """One diagnostic (Q709) for everything that `flavor` needs and the input does not give.

    The reverse as well: what the input gives and the flavor has no use for. `first` are parameters
    of the push that is promoted, and `now` is when somebody asked.
    """
    if flavor.version_bump and not given_text(given, "next_version"):
        yield refused(
            "field `next_version` of the input is missing",
            f"flavor `{flavor.name}` bumps the version",
            "give the version that follows this release",
        )
    is_production = config.release_level(first["project"], first["level"]) == "production"
    if flavor.partial_updates and is_production and not given["partial_updates"]:
        yield refused(
            "field `partial_updates` of the input is missing",
            f"flavor `{flavor.name}` makes partial updates on a production release",
            "name the earlier versions from which users update",
        )
    if given["partial_updates"] and not flavor.partial_updates:
        yield refused(
            f"`partial_updates` names {listed([*given['partial_updates']], _NAMED)}",
            f"flavor `{flavor.name}` makes no partial updates",
            "leave them out",
        )
    yield from _candidate_problems(flavor, first["release_type"], config)
    yield from _eta_problems(given_text(given, "release_eta"), now, config.policy.push_to_ship)
    yield from _partner_problems(given, flavor)


def _candidate_problems(
    flavor: Flavor, release_type: str, config: GraphConfig
) -> Iterator[Diagnostic]:
    types = config.release_types.rows
    own = release_type.removesuffix(CANDIDATE)
    if flavor.is_rc and types and f"{own}{CANDIDATE}" not in types:
        what = f"flavor `{flavor.name}` makes release candidates, and `{own}` has none"
        why = f"`release-types` has no row `{own}{CANDIDATE}`"
        yield refused(what, why, "ask for a flavor that makes releases")


def _eta_problems(eta: str, now: datetime, longest: Period | None) -> Iterator[Diagnostic]:
    if not eta:
        return
    try:
        when = datetime.fromisoformat(eta)
    except ValueError:
        remedy = "write it like `2030-01-31T13:00:00Z`"
        yield refused(f"`release_eta` is `{eta}`, which is not a date", remedy=remedy)
        return
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    if when < now - _TOLERANCE:
        yield refused(
            f"`release_eta` is in the past: {when.isoformat()}",
            f"it is {now.isoformat(timespec='seconds')} now",
            "give a later date, or none to go live at once",
        )
    elif longest and (when - now).total_seconds() > longest.seconds:
        yield refused(
            f"`release_eta` is more than {longest.words} ahead: {when.isoformat()}",
            f"`policy.push-to-ship` is {longest.words}: what is built is shipped within that time",
            "give an earlier date",
        )


def _partner_problems(given: Input, flavor: Flavor) -> Iterator[Diagnostic]:
    on = switches(given, flavor)
    repacks, attribution = (on[name] for name in _WITH_PARTNERS)
    if repacks and attribution and given["release_partners"]:
        yield refused(
            "`release_partners` names a subset while repacks and attribution are both on",
            "one subset cannot stand for both",
            "promote them one after the other, or all partners",
        )
    if given["release_partners"] and not (repacks or attribution):
        yield refused(
            f"`release_partners` names {listed(given['release_partners'], _NAMED)}",
            "no partner builds are made: their switches are off",
            f"leave it out, or give `{_WITH_PARTNERS[0]}: true` or `{_WITH_PARTNERS[1]}: true`",
        )
    if given.get("release_partner_config") and not any(on.values()):
        what = "`release_partner_config` is given, and no such builds are made"
        yield refused(
            what, "their switches are off", f"leave it out, or give `{next(iter(on))}: true`"
        )
