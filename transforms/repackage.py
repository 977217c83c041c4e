"""Turn signed packages into installers, update archives and other formats, by `mach repackage`."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from voluptuous import Optional, Required

from relpro.model.task import Task, TaskDescription
from relpro.stock.grouping import SOURCE_LOCALE
from relpro.transform.compiler import compile_template
from relpro.transform.context import Context
from relpro.transform.data_file import DataFile
from relpro.transform.section import Refusal, Section
from relpro.transform.step import each
from relpro.transform.template import Template, as_key
from relpro.values import OneOf, templated, text
from relpro.values.names import named
from relpro.values.wording import shown
from transforms._attributes import needed
from transforms._run import run_of, settings_of

#: `formats`: names in `kinds/data/formats.yml`. `langpacks-of`: the build platform whose language
#: packs of all locales are fetched too, into `langpacks-to`. `langpack-output`: the artifact made
#: from each, if there is one; `{}` stands for the locale.
REPACKAGE = Section(
    "repackage",
    {
        Required("formats"): [text],
        Optional("langpacks-of"): text,
        Optional("langpacks-to"): text,
        Optional("langpack-output"): OneOf(None, text),
    },
)

FORMATS = DataFile(
    {
        Required("formats"): {
            named: {
                Required("args"): templated([text]),
                Required("inputs"): {str: templated(text)},
                Required("output"): text,
            }
        }
    },
    is_fixed=True,
)

_FILE = "formats.yml"

#: Files that are not unpacked; fetch-content recognizes that others are no archives.
_ARCHIVES = (".tar.bz2", ".tar.gz", ".tar.xz", ".zip", ".xpi")

#: The folder of the script's output, by worker.
_OUTPUTS = {
    "docker-worker": "/builds/worker/workspace/outputs",
    "generic-worker": "workspace/outputs",
}

#: The kind whose tasks make language packs.
_LANGPACKS = "shippable-l10n-signing"

Recipe = Mapping[str, Any]


def add_formats(ctx: Context, task: TaskDescription) -> TaskDescription:
    """The configuration of the script, its fetches, and the resulting artifacts."""
    if "repackage" not in task.sections:
        return task
    recipes = list(_recipes(ctx, task))
    inner = task.attributes.get("repack_id") or task.attributes.get("locale")
    folder = f"{inner}/" if inner else ""
    inputs = dict.fromkeys(file for one in recipes for file in one["inputs"].values())
    fetched = [_fetch(f"{folder}{file}") for file in inputs if "/" not in file]
    primary = next(iter(task.upstream))
    fetches = {primary: fetched, **_langpacks(ctx, task), **task.sections.get("fetches", {})}
    sections = {**task.sections, "run": _run(ctx, task, recipes), "fetches": fetches}
    prefix = task.attributes.get("artifact_prefix", "public/build")
    outputs = _outputs(ctx, task)
    locales = _packed_locales(ctx, task)
    packed = (task.sections["repackage"]["langpack-output"].replace("{}", one) for one in locales)
    artifacts = [
        {"name": f"{prefix}/{file}", "path": f"{outputs}/{file}", "type": "file"}
        for file in (*(f"{folder}{one['output']}" for one in recipes), *packed)
    ]
    edges = {chunk.label: chunk for chunk in _chunks(ctx, task)}
    if locales:
        task = task.with_attributes(chunk_locales=[SOURCE_LOCALE, *locales])
    return task.replace(sections=sections, upstream={**task.upstream, **edges}).with_worker(
        artifacts=artifacts
    )


def _outputs(ctx: Context, task: TaskDescription) -> str:
    """The folder of the output."""
    alias = ctx.config.workers.get(task.worker_type)
    if alias is None:  # an unknown alias is reported when the task is defined
        return ""
    if alias.implementation in _OUTPUTS:
        return _OUTPUTS[alias.implementation]
    what = f"nothing is packed by `{alias.implementation}`"
    raise Refusal(what, f"name a place of {' or '.join(_OUTPUTS)}", ("worker-type",))


def _recipes(ctx: Context, task: TaskDescription) -> Iterator[Recipe]:
    templates = ctx.once_for_kind(_compiled, ctx.files.content(_FILE, FORMATS))
    scope = ctx.scope_of(task)
    for name in task.sections["repackage"]["formats"]:
        template = templates.get(name)
        if template is None:
            remedy = f"there are: {', '.join(templates)}"
            raise Refusal(f"no package format is called `{name}`", remedy, ("repackage", "formats"))
        made = template.render(scope)
        _demand_files(name, made)
        yield {**made, "args": [as_key(word) for word in made["args"] if word != ""]}


def _demand_files(name: str, made: Recipe) -> None:
    """Refuse a format whose templates do not give names of files."""
    for key, file in (*made["inputs"].items(), ("output", made["output"])):
        if not isinstance(file, str):
            what = f"`{key}` of package format `{name}` is {shown(file)}, and no name of a file"
            remedy = f"make it text in `kinds/data/{_FILE}`, or what is named there in config.yml"
            raise Refusal(what, remedy, ("repackage", "formats"))


def _compiled(_ctx: Context, content: Mapping[str, Any]) -> Mapping[str, Template]:
    return {
        name: compile_template(said, ("formats", name)) for name, said in content["formats"].items()
    }


def _run(ctx: Context, task: TaskDescription, recipes: Sequence[Recipe]) -> Mapping[str, Any]:
    """The section `run` with the recipes, shared by tasks with the same ones."""
    run = run_of(task)
    made = ctx.once(_made_of, run)
    key = json.dumps(recipes)
    if key not in made:
        extra = {**settings_of(task, "extra-config"), "repackage_config": recipes}
        made[key] = {**run, "extra-config": extra}
    return made[key]


def _made_of(_ctx: Context, _run: object) -> dict[str, Mapping[str, Any]]:
    return {}


def _fetch(artifact: str) -> object:
    return {"artifact": artifact, "extract": False} if artifact.endswith(_ARCHIVES) else artifact


def _chunks(ctx: Context, task: TaskDescription) -> Iterator[Any]:
    """The tasks that make language packs."""
    platform = task.sections["repackage"].get("langpacks-of")
    if platform is not None:
        yield from (
            t for t in ctx.upstream[_LANGPACKS] if t.attributes.get("build_platform") == platform
        )


def _locales(chunk: Task) -> Sequence[str]:
    locales: Sequence[str] = needed(chunk.attributes, "chunk_locales", chunk.label)
    return locales


def _packed_locales(ctx: Context, task: TaskDescription) -> Sequence[str]:
    """The locales whose language packs are processed."""
    if not task.sections["repackage"].get("langpack-output"):
        return ()
    return [locale for chunk in _chunks(ctx, task) for locale in _locales(chunk)]


def _langpacks(ctx: Context, task: TaskDescription) -> Mapping[str, Any]:
    folder = task.sections["repackage"].get("langpacks-to")
    return {
        chunk.label: [
            {
                "artifact": f"{locale}/target.langpack.xpi",
                "extract": False,
                "dest": f"{folder}/{locale}",
            }
            for locale in _locales(chunk)
        ]
        for chunk in _chunks(ctx, task)
    }


transforms = (each(add_formats, REPACKAGE),)
