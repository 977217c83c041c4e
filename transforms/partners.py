"""Takes the configuration of partners, gives each platform's task its builds.

The builds of a task are its attribute `repack-ids`; `transforms.repacks` splits them into tasks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from voluptuous import Required

from relpro.errors import Diagnostic, Origin, RelproError
from relpro.model.task import Skipped, TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import whole
from relpro.values import flag, text
from transforms._attributes import needed
from transforms._partners import (
    Partners,
    Problem,
    Repack,
    chosen,
    missing_config,
    partner_problems,
    partners_of,
    repacks,
    unknown_partners,
)
from transforms._run import run_of, words_of

#: `config`: the part of `release_partner_config`. `subset`: whether `release_partners` can limit
#: the partners. `limit-locales`: whether the script gets the locales that partners request, because
#: others may be missing.
PARTNERS = Section(
    "partners",
    {
        Required("config"): text,
        Required("subset"): flag,
        Required("limit-locales"): flag,
    },
    required=True,
)


def add_repacks(
    ctx: Context, tasks: Sequence[TaskDescription]
) -> Iterable[TaskDescription | Skipped]:
    """The tasks of platforms with partner builds, each with its builds.

    Raises `RelproError` (T411) with all errors in the partners' configuration.
    """
    section = tasks[0].sections["partners"]
    config = section["config"]
    partners: Partners = partners_of(ctx.parameters, config)
    changesets = ctx.parameters["l10n_changesets"]
    refuse(ctx, missing_config(partners, config))
    demand_locales(ctx)
    wanted = (section["subset"] and ctx.parameters["release_partners"]) or ()
    refuse(ctx, (*subset_problems(ctx), *unknown_partners(wanted, partners)))
    ours = chosen(partners, wanted)
    refuse(ctx, partner_problems(ours, changesets))
    for task in tasks:
        builds = tuple(repacks(ours, needed(task.attributes, "build_platform", task.name)))
        if builds:
            yield _repacking(task, builds, _options(section, ours, wanted))
        else:
            reason = f"`{config}` has no build for this platform"
            yield Skipped(task.name, reason, "", _wanting(ctx, config, ours, task))


def subset_problems(ctx: Context) -> Iterator[Problem]:
    """A subset of partners applies to repacks or to attribution, not to both."""
    names = ("release_enable_partner_repack", "release_enable_partner_attribution")
    if ctx.parameters["release_partners"] and all(ctx.parameters[name] for name in names):
        yield (
            "`release_partners` names a subset while repacks and attribution are both on",
            "promote them one after the other, or all partners",
        )


def demand_locales(ctx: Context) -> None:
    """Raise `RelproError` (T411) for a release without locales: it has no platforms either.

    The parameter is to blame, so that all kinds of partner builds report it as one error.
    """
    name = "l10n_changesets"
    if ctx.parameters[name]:
        return
    what = f"this release has no locales: parameter `{name}` is empty"
    remedy = "give the changesets with which it was promoted, or switch partner builds off"
    where = (ctx.parameters.source(name), _condition(ctx))
    raise RelproError(Diagnostic("T411", what, where, f"kind `{ctx.kind.name}`", remedy=remedy))


def refuse(ctx: Context, problems: Iterable[Problem]) -> None:
    """Raise `RelproError` (T411) if there is any problem; it refers to the entry's condition."""
    where, context = (_condition(ctx),), f"kind `{ctx.kind.name}`"
    found = [Diagnostic("T411", what, where, context, remedy=to_do) for what, to_do in problems]
    if found:
        raise RelproError(*found)


def _condition(ctx: Context) -> Origin:
    return ctx.entry.entry.origin("only-when")


def _options(section: Mapping[str, Any], ours: Partners, wanted: Sequence[str]) -> list[str]:
    """The options that limit the script."""
    builds = [build for partner in ours.values() for build in partner.values()]
    locales = sorted({locale for build in builds for locale in build["locales"]})
    limits = [f"limit-locale={locale}" for locale in locales] if section["limit-locales"] else []
    return [*limits, *(f"partner={name}" for name in wanted)]


def _repacking(
    task: TaskDescription, builds: Sequence[Repack], options: Sequence[str]
) -> TaskDescription:
    run = {**run_of(task), "options": [*words_of(task, "options"), *options]}
    signed = " ".join(f"<{edge}>" for edge in task.upstream)
    return (
        task.replace(sections={**task.sections, "run": run})
        .with_attributes(repack_ids=[build.id for build in builds])
        .with_worker(
            env={**task.worker.get("env", {}), "UPSTREAM_TASKIDS": {"task-reference": signed}}
        )
    )


def _wanting(ctx: Context, config: str, ours: Partners, task: TaskDescription) -> Mapping[str, Any]:
    """The parameter with which the first partner would also request the platform of a task."""
    said = ctx.parameters["release_partner_config"]
    first = next(((one, sub) for one in sorted(ours) for sub in sorted(ours[one])), None)
    if first is None:
        return {}
    partner, sub = first
    build = ours[partner][sub]
    platform = needed(task.attributes, "build_platform", task.name)
    more = {**build, "platforms": [*build["platforms"], platform]}
    partners = {**said[config], partner: {**said[config][partner], sub: more}}
    return {"release_partner_config": {**said, config: partners}}


transforms = (whole(add_repacks, PARTNERS),)
