"""Make partial updates from the releases in the history for a platform and locale."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from voluptuous import Required

from relpro.model.task import Draft, Skipped, TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Section
from relpro.transform.step import each, expand
from relpro.values import text

#: `history`: platform of the update server -> locale -> file name -> the earlier release. `bucket`:
#: the place of the archives of earlier releases.
PARTIALS = Section(
    "partials",
    {
        Required("history"): dict,
        Required("bucket"): text,
        Required("platform"): text,
        Required("locale"): text,
        Required("folder"): text,
        Required("dest-mar-prefix"): text,
        Required("branch"): text,
        Required("product"): text,
    },
    required=True,
)

Builds = Mapping[str, Mapping[str, Any]]


def need_history(ctx: Context, draft: Draft) -> Iterator[Draft | Skipped]:
    """The draft, unless the history has no earlier release for its platform and locale."""
    section = ctx.section(draft, PARTIALS)
    assert section is not None
    if not section["history"]:
        yield Skipped(draft.name, "`release-history` is empty: there is nothing to update from")
    elif not _builds(section):
        where = f"{section['locale']} on {section['platform']}"
        yield Skipped(draft.name, f"`release-history` has no release for {where}")
    else:
        yield draft


def add_partials(_ctx: Context, task: TaskDescription) -> TaskDescription:
    """The archives to compare, and the resulting partial updates."""
    section = task.sections["partials"]
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
    return task.with_worker(artifacts=[_artifact(name) for name in [*files, _manifest(section)]])


def _partial(
    section: Mapping[str, Any], number: int, name: str, build: Mapping[str, Any]
) -> dict[str, Any]:
    complete = f"{section['folder']}target.complete.mar"
    return {
        "locale": section["locale"],
        "from_mar": build["mar_url"],
        "to_mar": {"artifact-reference": f"<repackage/{complete}>"},
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


def _manifest(section: Mapping[str, Any]) -> str:
    return f"{section['folder']}manifest.json"


def _artifact(name: str) -> dict[str, str]:
    file = name.rpartition("/")[2]
    return {"name": name, "path": f"/home/worker/artifacts/{file}", "type": "file"}


transforms = (expand(need_history, PARTIALS), each(add_partials))
