"""Takes the configuration of partners, gives the part that this release builds."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from relpro.actions.action_input import Input
from relpro.actions.promotion.demands import PARTNER_SWITCHES
from relpro.errors import Diagnostic
from relpro.model.config import GraphConfig
from relpro.parameters.known import ATTRIBUTION
from relpro.transform.compiler import compile_template
from relpro.transform.template import Unrenderable

Json = Any

#: The locale of the builds themselves, which lists of locales do not contain.
SOURCE_LOCALE = "en-US"


def partner_urls(
    given: Input, config: GraphConfig, on: Mapping[str, bool], scope: Mapping[str, object]
) -> tuple[dict[str, str], list[Diagnostic]]:
    """Partner kind -> URL of its configuration for what is switched on, and what lacks one (Q709).

    The URLs are `look-ups: partner-urls` of the configuration, keyed by `release-product`,
    `release-type` and `release-level`, which `scope` provides.
    """
    urls, missing = {}, []
    configured = config.look_ups.get("partner-urls", {})
    for switch, kind in PARTNER_SWITCHES.items():
        if not on[switch]:
            continue
        url = rendered(configured.get(kind), scope)
        if url:
            urls[kind] = url
        else:
            why = f"`look-ups: partner-urls: {kind}` has no URL for this release"
            remedy = "switch it off, or give `release_partner_config`"
            what = f"`{switch}` cannot be switched on"
            missing.append(given.refused(switch, what=what, why=why, remedy=remedy))
    return urls, missing


def rendered(value: Json, scope: Mapping[str, object]) -> Json:
    """A keyed value of `look-ups` for a release; None if it has no alternative for it."""
    try:
        return compile_template(value).render(scope)
    except (Unrenderable, KeyError):
        return None


def fitting_partners(
    answer: Mapping[str, Json], locales: Collection[str] | None
) -> dict[str, Json]:
    """The configuration with only released locales, sorted; partners without any are omitted.

    `answer` has the form of the parameter `release_partner_config`. With `locales` None, every
    locale is kept.
    """
    known = None if locales is None else frozenset({*locales, SOURCE_LOCALE})
    return {kind: _fitting_kind(kind, config, known) for kind, config in answer.items()}


def _fitting_kind(
    kind: str, config: Mapping[str, Json], known: frozenset[str] | None
) -> Mapping[str, Json]:
    if kind == ATTRIBUTION:
        return {**config, "configs": list(_fitting_all(config["configs"], known))}
    partners = {
        partner: {
            name: fitted for name, sub in subs.items() for fitted in _fitting_all([sub], known)
        }
        for partner, subs in config.items()
    }
    return {partner: subs for partner, subs in partners.items() if subs}


def _fitting_all(
    configs: Collection[Mapping[str, Json]], known: frozenset[str] | None
) -> Iterator[Mapping[str, Json]]:
    for config in configs:
        locales = sorted(x for x in config.get("locales", ()) if known is None or x in known)
        if locales:
            yield {**config, "locales": locales}
