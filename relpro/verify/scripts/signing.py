"""Takes a task body, gives what signingscript or iscript (signing on a Mac) refuses in it."""

from collections.abc import Iterator

from relpro.schemas.wording import listed
from relpro.verify.scripts.script import (
    Body,
    Demand,
    Script,
    always,
    exactly_one,
    place_of,
    upstream_artifacts,
)

_MAC_CERTS = ("dep-signing", "nightly-signing", "release-signing")
_STACKED = "apple_notarization_stacked"


def _each_path_is_signed_once(body: Body) -> Iterator[str]:
    """The script keeps its files by path, so that the later would replace the earlier."""
    first: dict[str, int] = {}
    for index, item in upstream_artifacts(body):
        for path in item["paths"]:
            if path in first:
                places = f"`{place_of(first[path])}` and `{place_of(index)}`"
                yield f"{places} have the same path `{path}`"
            first.setdefault(path, index)


def _comments_are_on_installers(body: Body) -> Iterator[str]:
    """The script writes a comment into nothing else."""
    for index, item in upstream_artifacts(body):
        if not item.get("authenticode_comment"):
            continue
        place = place_of(index)
        if not any("authenticode" in name for name in item["formats"]):
            yield f"`{place}` has an `authenticode_comment` but no authenticode format"
        if not any(path.endswith(".msi") for path in item["paths"]):
            yield f"`{place}` has an `authenticode_comment` but no path that ends in `.msi`"


def _stacked_notarization_is_alone(body: Body) -> Iterator[str]:
    """The script submits such files together instead of one by one."""
    for index, item in upstream_artifacts(body):
        if _STACKED not in item["formats"]:
            continue
        if others := [name for name in item["formats"] if name != _STACKED]:
            yield f"`{place_of(index)}.formats` mixes `{_STACKED}` with {listed(others)}"


def _files_have_formats(body: Body) -> Iterator[str]:
    """Resources that are only read have an empty list; the script reads the key of all."""
    for index, item in upstream_artifacts(body):
        if "formats" not in item:
            yield f"`{place_of(index)}` lacks `formats`, which may be empty"


SIGNING = Script(
    always("signingscript/signing_task_schema.json"),
    (
        Demand(
            "One scope names the certificate.",
            "signingscript/task.py: task_cert_type",
            exactly_one(":signing:cert:"),
        ),
    ),
    (
        Demand(
            "No two upstream artifacts have one path.",
            "signingscript/task.py: build_filelist_dict",
            _each_path_is_signed_once,
        ),
        Demand(
            "An `authenticode_comment` stands with an authenticode format, on an `.msi`.",
            "signingscript/task.py: build_filelist_dict",
            _comments_are_on_installers,
        ),
        Demand(
            "The format `apple_notarization_stacked` is the only one of its files.",
            "signingscript/script.py: async_main",
            _stacked_notarization_is_alone,
        ),
    ),
)

ISCRIPT = Script(
    always("iscript/i_task_schema.json"),
    (
        Demand(
            "One scope names a certificate for Macs.",
            "iscript/util.py: task_cert_type",
            exactly_one(":signing:cert:", _MAC_CERTS),
        ),
    ),
    (
        Demand(
            "Every upstream artifact says its `formats`.",
            "iscript/mac.py: get_app_paths",
            _files_have_formats,
        ),
    ),
)
