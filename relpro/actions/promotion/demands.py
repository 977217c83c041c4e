"""Takes the input of a promotion, its flavor and release level; gives what the release still lacks.

The input has passed its schema; here is what depends on more than one field.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from relpro.actions.action_input import refused
from relpro.errors import Diagnostic
from relpro.model.config import Flavor

Input = Mapping[str, Any]

#: Field of the input -> partner kind whose tasks it switches on. Order is that of the messages.
PARTNER_SWITCHES: Mapping[str, str] = {
    "release_enable_partner_repack": "release-partner-repack",
    "release_enable_partner_attribution": "release-partner-attribution",
    "release_enable_emefree": "release-eme-free-repack",
}

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
    given: Input, flavor: Flavor, release_level: str, now: datetime
) -> Iterator[Diagnostic]:
    """One diagnostic (Q709) for everything that `flavor` needs and the input does not give."""
    if flavor.version_bump and not given_text(given, "next_version"):
        yield refused(
            "field `next_version` of the input is missing",
            f"flavor `{flavor.name}` bumps the version",
            "give the version that follows this release",
        )
    if flavor.partial_updates and release_level == "production" and not given["partial_updates"]:
        yield refused(
            "field `partial_updates` of the input is missing",
            f"flavor `{flavor.name}` makes partial updates on a production release",
            "name the earlier versions from which users update",
        )
    yield from _eta_problems(given_text(given, "release_eta"), now)
    yield from _partner_problems(given, flavor)


def _eta_problems(eta: str, now: datetime) -> Iterator[Diagnostic]:
    if not eta:
        return
    try:
        when = datetime.fromisoformat(eta)
    except ValueError:
        remedy = "write it like `2030-01-31T13:00:00Z`"
        yield refused(f"`release_eta` is `{eta}`, which is no date", remedy=remedy)
        return
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    if when < now - _TOLERANCE:
        yield refused(
            f"`release_eta` is in the past: {when.isoformat()}",
            f"it is {now.isoformat(timespec='seconds')} now",
            "give a later date, or none to go live at once",
        )


def _partner_problems(given: Input, flavor: Flavor) -> Iterator[Diagnostic]:
    on = switches(given, flavor)
    both = on["release_enable_partner_repack"] and on["release_enable_partner_attribution"]
    if both and given["release_partners"]:
        yield refused(
            "`release_partners` names a subset while repacks and attribution are both on",
            "one subset cannot stand for both",
            "promote them one after the other, or all partners",
        )
