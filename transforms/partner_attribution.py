"""Takes attribution campaigns of partners, gives each task the installers to modify.

Nothing is repacked: a code in the installer tells the installed application its source.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import attrs
from voluptuous import Required

from relpro.model.task import Skipped, Task, TaskDescription
from relpro.stock.locales import fits, folder_of
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import whole
from relpro.values import flag, text
from transforms._attributes import needed
from transforms._disk_images import attribute_images
from transforms._partners import (
    SOURCE_LOCALE,
    Problem,
    build_problems,
    missing_config,
    partners_of,
    switch,
    unknown,
    unknown_partners,
)
from transforms._run import run_of
from transforms.partners import demand_locales, refuse, subset_problems

#: `platforms`: those of the task, each with the `file` that is attributed and the `folder` of the
#: platform in the paths of partners. `prefix`: the folder of the artifacts. `disk-images`: whether
#: the files are disk images; other files are modified by a script, through `ATTRIBUTION_CONFIG`.
ATTRIBUTION = Section(
    "attribution",
    {
        Required("from"): [text],
        Required("prefix"): text,
        Required("disk-images"): flag,
        Required("platforms"): {str: {Required("file"): text, Required("folder"): text}},
    },
    required=True,
)

_CONFIG = "release-partner-attribution"
_CODE = ("medium", "source", "campaign", "content", "variation", "experiment")

Config = Mapping[str, Any]
_Upstream = Mapping[tuple[str, str], Task]


@attrs.frozen(eq=False)
class Attributed:
    """One installer of a platform and locale, and its campaign."""

    config: Config
    platform: str
    locale: str
    file: str
    folder: str

    @property
    def partner(self) -> str:
        """The folder of the campaign."""
        return f"{self.config['campaign']}/{self.config['content']}"

    @property
    def build(self) -> str:
        """The folder of the installer among those of its campaign."""
        return f"{self.folder}/{self.locale}"

    def to_json(self) -> Mapping[str, Any]:
        """The data for an upload."""
        public = switch(self.config, "upload_to_candidates")
        return {"partner": self.partner, "build": self.build, "public": public}


def add_attributions(
    ctx: Context, tasks: Sequence[TaskDescription]
) -> Iterable[TaskDescription | Skipped]:
    """The tasks that have something to attribute, each with its inputs, codes and outputs.

    Raises `RelproError` (T411) with all errors in the campaigns.
    """
    config: Config = partners_of(ctx.parameters, _CONFIG)
    refuse(ctx, missing_config(config, _CONFIG))
    known = {one["campaign"] for one in config.get("configs", ())}
    wanted = ctx.parameters["release_partners"] or ()
    refuse(ctx, (*subset_problems(ctx), *unknown_partners(wanted, known)))
    ours = [c for c in config.get("configs", ()) if not wanted or c["campaign"] in wanted]
    demand_locales(ctx)
    refuse(ctx, _problems(ctx, ours, tasks))
    for task in tasks:
        items = tuple(_items(ours, task.sections["attribution"]["platforms"]))
        if items:
            yield _attributing(ctx, task, items, config.get("defaults", {}))
        else:
            reason = f"`{_CONFIG}` has no campaign for its platforms"
            yield Skipped(task.name, reason, "", _wanting(ctx, ours, task))


def _wanting(ctx: Context, ours: Sequence[Config], task: TaskDescription) -> Mapping[str, Any]:
    """The parameter with which the first campaign would also have the first platform of a task."""
    if not ours:
        return {}
    said = ctx.parameters["release_partner_config"]
    platform = next(iter(task.sections["attribution"]["platforms"]))
    more = {**ours[0], "platforms": [*ours[0]["platforms"], platform]}
    configs = [more if one is ours[0] else one for one in said[_CONFIG]["configs"]]
    return {"release_partner_config": {**said, _CONFIG: {**said[_CONFIG], "configs": configs}}}


def _problems(
    ctx: Context, configs: Iterable[Config], tasks: Sequence[TaskDescription]
) -> Iterator[Problem]:
    platforms = [name for task in tasks for name in task.sections["attribution"]["platforms"]]
    changesets = ctx.parameters["l10n_changesets"]
    for config in configs:
        who = f"{config['campaign']}/{config['content']}"
        yield from build_problems(who, config, changesets)
        for platform in config.get("platforms", ()):
            if platform not in platforms:
                yield unknown(f"platform of attribution `{who}`", platform, platforms)


def _items(configs: Iterable[Config], platforms: Mapping[str, Any]) -> Iterator[Attributed]:
    for config in configs:
        for platform in config["platforms"]:
            if platform in platforms:
                for locale in sorted(config["locales"]):
                    if fits(locale, platform):
                        yield Attributed(config, platform, locale, **platforms[platform])


def _attributing(
    ctx: Context, task: TaskDescription, items: Sequence[Attributed], defaults: Config
) -> TaskDescription:
    section = task.sections["attribution"]
    upstream = _upstream(ctx, section["from"])
    refuse(ctx, _unmade(items, upstream))
    tasks = {item: upstream[item.platform, item.locale] for item in items}
    outputs = {
        item: f"{section['prefix']}/{item.partner}/{item.build}/{item.file}" for item in items
    }
    orders = [_order(item, outputs[item], defaults) for item in items]
    attributed = {outputs[item]: item.to_json() for item in items}
    sections = {
        **task.sections,
        "fetches": {**_fetches(tasks), **task.sections.get("fetches", {})},
    }
    task = task.replace(
        upstream={made.label: made for made in tasks.values()}, sections=sections
    ).with_attributes(attributed=attributed)
    if section["disk-images"]:
        run = {**run_of(task), "command": attribute_images(orders)}
        return task.replace(sections={**task.sections, "run": run})
    config = json.dumps(orders, sort_keys=True)
    return task.with_worker(env={**task.worker.get("env", {}), "ATTRIBUTION_CONFIG": config})


def _upstream(ctx: Context, kinds: Iterable[str]) -> _Upstream:
    """(platform, locale) -> the task that makes the installer."""
    return {
        (needed(made.attributes, "build_platform", made.label), _locale_of(made)): made
        for kind in kinds
        for made in ctx.upstream[kind]
    }


def _locale_of(made: Task) -> str:
    return str(made.attributes.get("locale") or SOURCE_LOCALE)


def _unmade(items: Iterable[Attributed], upstream: _Upstream) -> Iterator[Problem]:
    for item in items:
        if (item.platform, item.locale) not in upstream:
            what = f"nothing makes an installer of `{item.platform}` for `{item.locale}`"
            yield what, f"remove it from attribution `{item.config['campaign']}`"


def _fetches(tasks: Mapping[Attributed, Task]) -> Mapping[str, Any]:
    """Task -> its installer, once, however many campaigns use it."""
    found: dict[str, Any] = {}
    for item, made in tasks.items():
        inner = folder_of(item.locale)
        installer = {"artifact": f"{inner}{item.file}", "extract": False, "dest": item.build}
        found[made.label] = [installer]
    return found


def _order(item: Attributed, output: str, defaults: Config) -> Mapping[str, str]:
    said = {**defaults, **item.config}
    return {
        "input": f"/builds/worker/fetches/{item.build}/{item.file}",
        "output": f"/builds/worker/artifacts/{output}",
        "attribution": urlencode({key: said[key] for key in _CODE if said.get(key)}),
    }


transforms = (whole(add_attributions, ATTRIBUTION),)
