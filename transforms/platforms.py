"""Keep the builds of platforms that the changesets have locales for."""

from collections.abc import Iterator, Mapping
from typing import Any

from voluptuous import Optional

from relpro.model.task import Draft, Skipped
from relpro.transform.context import Context
from relpro.transform.describe import would_be_label
from relpro.transform.section import Refusal, Section
from relpro.transform.step import expand
from relpro.values import flag, text

#: `released: true`: make the task only if a locale of l10n-changesets lists its platform, by the
#: name in `locale-platform` or one of `listed-as`.
PLATFORMS = Section("platforms", {Optional("released"): flag, Optional("listed-as"): [text]})


def released(ctx: Context, draft: Draft) -> Iterator[Draft | Skipped]:
    """The draft, or a `Skipped` if no locale is released for its platform."""
    section = ctx.section(draft, PLATFORMS)
    if section is None or not section.get("released"):
        yield draft
        return
    scope = ctx.scope(draft)
    listed = section.get("listed-as") or (scope["locale_platform"],)
    if not all(isinstance(one, str) for one in listed):
        what = "`locale-platform` is no text, so that no locale can list it"
        raise Refusal(what, "say `listed-as`", ("platforms",))
    platform, names = listed[0], frozenset(listed)
    changesets = scope["l10n_changesets"]
    if any(not names.isdisjoint(locale["platforms"]) for locale in changesets.values()):
        yield draft
    else:
        name = f"{scope['build_platform']}/{scope['build_type']}"
        label = would_be_label(ctx.kind, ctx.entry, draft, scope)
        reason = f"no locale of `l10n-changesets` lists `{platform}`"
        yield Skipped(name, reason, label, dict(_with_platform(changesets, platform)))


def _with_platform(changesets: Mapping[str, Any], platform: str) -> Iterator[tuple[str, Any]]:
    """The parameter with which the first locale would be released for one more platform."""
    for locale in sorted(changesets)[:1]:
        said = changesets[locale]
        more = {**said, "platforms": [*said["platforms"], platform]}
        yield "l10n_changesets", {**changesets, locale: more}


transforms = (expand(released, PLATFORMS),)
