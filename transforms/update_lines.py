"""What users are shown after an update, as the tree's `whats_new_page.yml` says for each version.

Source: gecko-dev 5d2a67f, python/mozrelease/mozrelease/balrog.py; project-foxhound 13bb51c,
gecko_taskgraph/transforms/balrog_toplevel.py.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from voluptuous import Optional, Required

from relpro.model.nearest import meant
from relpro.model.task import TaskDescription
from relpro.transform.context import Context
from relpro.transform.section import Refusal, Section
from relpro.transform.step import each
from relpro.values import flag, text

#: Conditions of a release: an entry is for those that meet them all.
_WANTED = ("release-types", "blob-types", "products")
#: Conditions of a client.
_NARROWED = ("locales", "versions", "build-ids")

#: `said`: the content of the file, which a parameter of the project holds. `product`: how the file
#: calls the product. `shown`: whether anybody is shown a page; by default as the file says.
PAGES = Section(
    "update-pages",
    {
        Required("said"): [
            {
                Required("type"): text,
                Required("url"): text,
                Optional("conditions"): {
                    Optional("update-channel"): text,
                    **{Optional(name): [text] for name in (*_WANTED, *_NARROWED)},
                },
            }
        ],
        Required("product"): text,
        Optional("shown"): flag,
    },
    required=True,
)

#: Suffix of a blob -> how the file calls it: `-No-WNP` is for those who see no page.
_BLOBS = {"": "wnp", "-No-WNP": "no-wnp"}
#: A channel and those of its testers.
_CHANNELS = ("", "-localtest", "-cdntest")

_NAME = re.compile(r"\{([^{}]*)\}")


def add_lines(ctx: Context, task: TaskDescription) -> TaskDescription:
    """The update line of each blob. Raises `Refusal` for what the file cannot say."""
    section, parameters = task.sections["update-pages"], ctx.parameters
    shown = section.get("shown", True)
    version = str(parameters["app_version"])
    names = {
        "product": section["product"],
        "version": version,
        "version.major_number": version.partition(".")[0],
        "build-id": str(parameters["moz_build_date"]),
    }
    # What a candidate says is said to users of releases, once it is one.
    release_type = str(parameters["release_type"]).removesuffix("-rc")
    lines = {
        suffix: [
            {"fields": _fields(entry, names), "for": _conditions(entry, names)}
            for entry in section["said"]
            if (shown or entry["type"] != "show-url")
            and _concerns(entry.get("conditions", {}), release_type, blob, section["product"])
        ]
        for suffix, blob in _BLOBS.items()
    }
    return task.with_worker(update_line=lines)


def _concerns(conditions: Mapping[str, Any], release_type: str, blob: str, product: str) -> bool:
    """Whether an entry is for this release; a condition that it lacks is met."""
    wanted = dict(zip(_WANTED, (release_type, blob, product), strict=True))
    return all(value in conditions.get(name, (value,)) for name, value in wanted.items())


def _details(url: str) -> Mapping[str, str]:
    return {"detailsURL": url, "type": "minor"}


def _page(url: str) -> Mapping[str, str]:
    return {"actions": "showURL", "openURL": url}


_FIELDS: Mapping[str, Callable[[str], Mapping[str, str]]] = {
    "product-details": _details,
    "show-url": _page,
}


def _fields(entry: Mapping[str, Any], names: Mapping[str, str]) -> Mapping[str, str]:
    make = _FIELDS.get(entry["type"])
    if make is None:
        what = f"`{entry['type']}` is no type of an entry of `whats_new_page.yml`"
        raise Refusal(what, meant(entry["type"], _FIELDS, f"there are: {', '.join(_FIELDS)}"))
    return make(_filled(entry["url"], names))


def _conditions(entry: Mapping[str, Any], names: Mapping[str, str]) -> Mapping[str, Any]:
    return dict(_every_condition(entry.get("conditions", {}), names))


def _every_condition(
    said: Mapping[str, Any], names: Mapping[str, str]
) -> Iterator[tuple[str, list[str]]]:
    if "locales" in said:
        yield "locales", said["locales"]
    if "versions" in said:
        yield "versions", [_filled(one, names) for one in said["versions"]]
    if "update-channel" in said:
        yield "channels", [f"{said['update-channel']}{end}" for end in _CHANNELS]
    if "build-ids" in said:
        yield "buildIDs", [_filled(one, names) for one in said["build-ids"]]


def _filled(text: str, names: Mapping[str, str]) -> str:
    """The text with names in braces replaced. Raises `Refusal` for others."""
    for name in _NAME.findall(text):
        if name not in names:
            what = f"`whats_new_page.yml` names `{{{name}}}`"
            raise Refusal(what, meant(name, names, f"there are: {', '.join(names)}"))
    return _NAME.sub(lambda found: names[found[1]], text)


transforms = (each(add_lines, PAGES),)
