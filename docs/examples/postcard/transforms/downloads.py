"""Makes the entries of the download service: of the update archives, complete and partial."""

from typing import Any

from relpro import TaskDescription
from relpro.transform.context import Context
from relpro.transform.history import origins
from relpro.transform.step import each

from transforms.locales import SOURCE

#: Platform -> (how the service calls it, its folder in the archive).
SITES = {
    "linux64": ("linux64", "linux-x86_64"),
    "linux64-aarch64": ("linux64-aarch64", "linux-aarch64"),
    "macosx64": ("osx", "mac"),
    "win64": ("win64", "win64"),
}


def add_entries(ctx: Context, task: TaskDescription) -> TaskDescription:
    """The entry of the complete archives, and one for each version that users update from."""
    known, version = ctx.parameters, ctx.parameters["version"]
    earlier = sorted({one for _, _, one, _ in origins(known["release_history"])})
    files = {f"Postcard-{version}-Complete": f"postcard-{version}.complete.mar"} | {
        f"Postcard-{version}-Partial-{one}": f"postcard-{one}-{version}.partial.mar"
        for one in earlier
    }
    entries = {name: _entry(known["platforms"], version, file) for name, file in files.items()}
    locales = [SOURCE, *sorted(known["locales"])]
    return task.with_worker(**{"submission-entries": entries, "locales": locales})


def _entry(platforms: list[str], version: str, file: str) -> dict[str, Any]:
    sites = [SITES[platform] for platform in platforms]
    folder = f"/postcard/releases/{version}/update"
    return {
        "options": {"add-locales": True, "ssl-only": False},
        "paths-per-bouncer-platform": {
            called: f"{folder}/{place}/:lang/{file}" for called, place in sites
        },
    }


transforms = (each(add_entries),)
