"""Takes the tables of an update server and a request; gives the answer, and the rule that decided.

Source: Balrog, auslib/AUS.py (`evaluateRules`). Nothing here reads a clock, a file or a random
number: the same tables, request and roll give the same answer.
"""

from collections.abc import Iterable, Mapping

import attrs

from relpro.updates.matching import fallback_channel
from relpro.updates.offer import Hosts, Offer, make_offer
from relpro.updates.refusal import Broken, NoAnswer
from relpro.updates.release import Release, is_newer, passes_pin
from relpro.updates.request import Request
from relpro.updates.rule import Rule
from relpro.updates.versions import read_pin

#: The number of possible random numbers for background updates: 0 to 99.
SIDES = 100

#: The values of `Request.force`.
FORCED, FORCED_TO_FALLBACK = 1, -1


def _ranked(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    return tuple(sorted(rules, key=lambda rule: rule.rank))


@attrs.frozen
class Tables:
    """The data of an update server at one moment.

    `rules` are in the order of `Rule.rank`. `pins` are by product, channel and pin version (`102.`,
    `102.1.`); `shutoffs` are product and channel.
    """

    rules: tuple[Rule, ...] = attrs.field(default=(), converter=_ranked)
    releases: Mapping[str, Release] = attrs.field(factory=dict, hash=False)
    pins: Mapping[tuple[str, str, str], str] = attrs.field(factory=dict, hash=False)
    shutoffs: frozenset[tuple[str, str]] = frozenset()
    hosts: Hosts = attrs.field(factory=Hosts)
    _by_channel: dict[tuple[str, str], tuple[Rule, ...]] = attrs.field(
        factory=dict, init=False, eq=False, repr=False
    )

    def rules_for(self, request: Request) -> tuple[Rule, ...]:
        """The few rules that may apply to a client, by its product and channel."""
        key = (request.product, request.channel)
        if key not in self._by_channel:
            fitting = (rule for rule in self.rules if rule.is_of(*key))
            self._by_channel[key] = tuple(fitting)
        return self._by_channel[key]


@attrs.frozen
class Answer:
    """The answer to a client: an offer, nothing, or a refusal.

    `rule` is the one that decided, if any; `reason` says why there is no offer.
    """

    rule: Rule | None = None
    offer: Offer | None = None
    refusal: NoAnswer | None = attrs.field(default=None, eq=False)
    reason: str = attrs.field(default="", eq=False)


def answer(tables: Tables, request: Request, roll: int) -> Answer:
    """The answer to a client with random number `roll` (0 to 99), which must be below the rate."""
    try:
        return _answer(tables, request, roll)
    except NoAnswer as refusal:
        return Answer(refusal=refusal, reason=refusal.text)


def _answer(tables: Tables, request: Request, roll: int) -> Answer:
    followed = fallback_channel(request.channel)
    for channel in (request.channel, followed):
        if (request.product, channel) in tables.shutoffs:
            return Answer(reason=f"updates of {request.product} on {channel} are shut off")
    # Every rule is evaluated, so that an invalid version is refused whichever rule comes first.
    matching = [rule for rule in tables.rules_for(request) if rule.matches(request)]
    if not matching:
        return Answer(reason="no rule is for this client")
    rule = matching[0]
    name = _mapping(rule, request, roll)
    if not name:
        return Answer(rule, reason=_why_none(rule))
    release = _release(tables, name)
    if not is_newer(release, request):
        return Answer(rule, reason=f"{name} is not newer, or not for this platform")
    if passes_pin(release, request):
        pin = str(read_pin(request.pin or ""))
        pinned = tables.pins.get((request.product, followed, pin))
        if pinned is not None:
            release = _release(tables, pinned)
            if not is_newer(release, request):
                return Answer(rule, reason=f"{pinned}, to which `{pin}` leads, is not newer")
    offer = make_offer(release, request, rule.update_type, tables.releases, tables.hosts)
    return Answer(rule, offer)


def _mapping(rule: Rule, request: Request, roll: int) -> str | None:
    """The release that a rule maps a client to, by its random number."""
    if not rule.mapping or request.force == FORCED or rule.background_rate >= SIDES:
        return rule.mapping
    is_left_out = request.force == FORCED_TO_FALLBACK or roll >= rule.background_rate
    return rule.fallback_mapping if is_left_out else rule.mapping


def _why_none(rule: Rule) -> str:
    if not rule.mapping:
        return "the rule leads to no release"
    return f"only {rule.background_rate} % of clients are offered {rule.mapping} so far"


def _release(tables: Tables, name: str) -> Release:
    if name not in tables.releases:
        raise Broken(f"there is no release {name}")
    return tables.releases[name]
