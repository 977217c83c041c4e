"""Takes a task body, gives what signingscript or iscript (signing on a Mac) refuses in it."""

from collections.abc import Iterator

from relpro.schemas.wording import listed
from relpro.verify.scripts.script import (
    Body,
    Script,
    always,
    exactly_one,
    place_of,
    upstream_artifacts,
)

_MAC_CERTS = ("dep-signing", "nightly-signing", "release-signing")
_STACKED = "apple_notarization_stacked"


def _each_path_is_signed_once(body: Body) -> Iterator[str]:
    """No two upstream artifacts have one path.

    Source: signingscript, which keeps its files by path, so that the later replaces the earlier.
    """
    first: dict[str, int] = {}
    for index, item in upstream_artifacts(body):
        for path in item["paths"]:
            if path in first:
                places = f"`{place_of(first[path])}` and `{place_of(index)}`"
                yield f"{places} have the same path `{path}`"
            first.setdefault(path, index)


def _comments_are_on_installers(body: Body) -> Iterator[str]:
    """An `authenticode_comment` stands with an authenticode format and a path that ends in `.msi`.

    Source: signingscript, which writes the comment into nothing else.
    """
    for index, item in upstream_artifacts(body):
        if not item.get("authenticode_comment"):
            continue
        place = place_of(index)
        if not any("authenticode" in name for name in item["formats"]):
            yield f"`{place}` has an `authenticode_comment` but no authenticode format"
        if not any(path.endswith(".msi") for path in item["paths"]):
            yield f"`{place}` has an `authenticode_comment` but no path that ends in `.msi`"


def _stacked_notarization_is_alone(body: Body) -> Iterator[str]:
    """The format `apple_notarization_stacked` is the only format of its files.

    Source: signingscript, which submits such files together instead of one by one.
    """
    for index, item in upstream_artifacts(body):
        if _STACKED not in item["formats"]:
            continue
        if others := [name for name in item["formats"] if name != _STACKED]:
            yield f"`{place_of(index)}.formats` mixes `{_STACKED}` with {listed(others)}"


SIGNING = Script(
    always("signingscript/signing_task_schema.json"),
    (exactly_one(":signing:cert:"),),
    (_each_path_is_signed_once, _comments_are_on_installers, _stacked_notarization_is_alone),
)

ISCRIPT = Script(
    always("iscript/i_task_schema.json"),
    (exactly_one(":signing:cert:", _MAC_CERTS),),
)
