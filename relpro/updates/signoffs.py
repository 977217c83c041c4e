"""Takes a change; gives the roles that must sign it off, and refuses it without them.

Source: Balrog, auslib/util/signoffs.py and auslib/db.py (`verify_signoffs`, `SignoffsTable`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping

import attrs

from relpro.updates.calls import Problem
from relpro.updates.matching import matches_name
from relpro.updates.rule import Rule
from relpro.updates.state import Change, State


def required_by_rules(state: State, rules: Iterable[Rule]) -> Mapping[str, int]:
    """How many sign-offs of each role a change of these rules requires."""
    return required(state, [(rule.product, rule.channel) for rule in rules])


def required_by_release(state: State, name: str) -> Mapping[str, int]:
    """How many sign-offs a change of a release requires: those for the rules that lead to it."""
    leading = [
        rule for rule in state.rules.values() if name in {rule.mapping, rule.fallback_mapping}
    ]
    return required_by_rules(state, leading)


def required(state: State, touched: Iterable[tuple[str | None, str | None]]) -> Mapping[str, int]:
    """How many sign-offs of each role a change of these products and channels requires.

    None means every product, or every channel. Of several numbers for a role, the highest counts.
    """
    numbers: dict[str, int] = {}
    for product, channel in touched:
        for (own_product, own_channel, role), number in state.required.items():
            fits = product in {None, own_product}
            if fits and (not channel or matches_name(channel, own_channel)):
                numbers[role] = max(number, numbers.get(role, 0))
    return numbers


def verify(needed: Mapping[str, int], given: Iterable[str]) -> None:
    """Refuse a change without its sign-offs; `given` are the roles that have signed."""
    roles = Counter(given)
    if needed and not roles:
        raise Problem(400, "No Signoffs given")
    for role, number in needed.items():
        if roles[role] < number:
            raise Problem(400, f"Not enough signoffs for role '{role}'")


def sign(state: State, change: Change, user: str, role: str) -> Change:
    """A change with a user's sign-off for a role. Refuses users without the role."""
    if role not in state.roles.get(user, ()):
        raise Problem(403, f"{user} cannot signoff with role '{role}'")
    if change.signoffs.get(user, role) != role:
        raise Problem(403, "Cannot signoff with a second role")
    return attrs.evolve(change, signoffs={**change.signoffs, user: role})


def signed_by_author(state: State, change: Change, needed: Mapping[str, int]) -> Change:
    """A change with its author's sign-off, if only one of their roles is required."""
    held = [role for role in state.roles.get(change.scheduled_by, ()) if role in needed]
    return sign(state, change, change.scheduled_by, held[0]) if len(held) == 1 else change
