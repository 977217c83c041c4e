"""Takes a task, gives it the partial updates to make: from each release in the release history.

```yaml
transforms: [relpro.stock.from_deps, relpro.stock.partials]
tasks:
  partials:
    from-deps: {kinds: [repackage], names: {repackage: repackage}}
    partials:
      history: '{release-history}'       # {platform: {locale: {file: {mar_url, buildid, ...}}}}
      platform: '{balrog-platform}'      # as the history calls it
      locale: '{locale-name}'
      complete: {task: repackage, path: 'public/build/{locale-dir}target.complete.mar'}
      folder: 'public/build/{locale-dir}'    # of the partial updates and their manifest
      made-in: /home/worker/artifacts    # where the worker finds them
      dest-mar-prefix: '{locale-dir}'
      branch: '{project}'
      product: '{shipping-product}'
      bucket: '{beetmover-bucket}'       # where the earlier releases are, for `relpro effects`
    worker: {command: [/runme.sh]}
```

The order is `extra: funsize`, as funsize-update-generator reads it; `worker` gets `artifacts`: each
partial update, and `manifest.json`. The attribute `partials` maps the name of each file to its
earlier release: `relpro.stock.artifact_map` uploads them. A task without an earlier release for its
platform and locale is skipped.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from voluptuous import Required

from relpro.model.task import Draft, Skipped, TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import each, expand
from relpro.values import text

PARTIALS = Section(
    "partials",
    {
        Required("history"): dict,
        Required("platform"): text,
        Required("locale"): text,
        Required("complete"): {Required("task"): text, Required("path"): text},
        Required("folder"): text,
        Required("made-in"): text,
        Required("dest-mar-prefix"): text,
        Required("branch"): text,
        Required("product"): text,
        Required("bucket"): text,
    },
)

Builds = Mapping[str, Mapping[str, Any]]


def need_history(ctx: Context, draft: Draft) -> Iterator[Draft | Skipped]:
    """The draft, unless the history has no earlier release for its platform and locale."""
    section = ctx.section(draft, PARTIALS)
    if section is None:
        yield draft
    elif not section["history"]:
        yield Skipped(draft.name, "`release-history` is empty: there is nothing to update from")
    elif not _builds(section):
        where = f"{section['locale']} on {section['platform']}"
        yield Skipped(draft.name, f"`release-history` has no release for {where}")
    else:
        yield draft


def add_partials(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """The archives to compare, and the resulting partial updates."""
    section = task.sections.get("partials")
    if section is None:
        return task
    builds = sorted(_builds(section).items())
    names = [name for name, _ in builds]
    partials = [
        _partial(section, number, name, build)
        for number, (name, build) in enumerate(builds, start=1)
    ]
    files = [f"{section['folder']}{name}" for name in names]
    funsize = {"funsize": {"partials": partials}}
    task = task.with_extra(**funsize).with_attributes(
        partials={name: dict(build) for name, build in builds}
    )
    archives = [urlsplit(build["mar_url"]).path for _, build in builds]
    task = task.with_effects(
        outside={"object": [f"{section['bucket']}{unquote(path)}" for path in archives]}
    )
    outputs = [*files, f"{section['folder']}manifest.json"]
    return task.with_worker(artifacts=[_artifact(section["made-in"], name) for name in outputs])


def _partial(
    section: Mapping[str, Any], number: int, name: str, build: Mapping[str, Any]
) -> dict[str, Any]:
    complete = section["complete"]
    return {
        "locale": section["locale"],
        "from_mar": build["mar_url"],
        "to_mar": {"artifact-reference": f"<{complete['task']}/{complete['path']}>"},
        "branch": section["branch"],
        "dest_mar": f"{section['dest-mar-prefix']}{name}",
        "product": section["product"],
        "platform": section["platform"],
        "update_number": number,
        "previousVersion": build.get("previousVersion", ""),
        "previousBuildNumber": str(build.get("previousBuildNumber", "")),
    }


def _builds(section: Mapping[str, Any]) -> Builds:
    locales: Mapping[str, Builds] = section["history"].get(section["platform"], {})
    return locales.get(section["locale"], {})


def _artifact(made_in: str, name: str) -> dict[str, str]:
    return {"name": name, "path": f"{made_in}/{name.rpartition('/')[2]}", "type": "file"}


transforms = (expand(need_history, PARTIALS), each(add_partials))
