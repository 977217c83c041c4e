"""Takes a task body, gives what signingscript or iscript (signing on a Mac) refuses in it."""

from collections.abc import Iterator, Mapping

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

_ARCHIVES = (".zip", ".tar.bz2", ".tar.gz", ".tar.xz", ".dmg")
_EXTENSIONS = (".xpi", ".zip")

#: The start of a format, without its server -> the extensions of files that it can sign. Formats
#: that are not listed sign any file.
_SIGNS: Mapping[str, tuple[str, ...]] = {
    "autograph_langpack": (".xpi",),
    "autograph_xpi": _EXTENSIONS,
    "privileged_webextension": _EXTENSIONS,
    "system_addon": _EXTENSIONS,
    "autograph_widevine": _ARCHIVES,
    "widevine": _ARCHIVES,
    "autograph_omnija": _ARCHIVES,
    "autograph_authenticode": (".zip", ".dll", ".exe", ".msi", ".msix", ".bin"),
    "autograph_rpmsign": (".rpm",),
    _STACKED: (".pkg", ".gz"),
}
_SERVERS = ("gcp_prod_", "stage_")

#: Mac files that are unpacked, and the folders of their contents.
_UNPACKED = (".tar.bz2", ".tar.gz", ".tgz", ".dmg", ".zip")
_FOLDERS = ("public/", "releng/partner/", "private/openh264/", "project/enterprise/repacks/")
_HARDENED = ("mac_sign_hardened", "mac_sign_and_pkg_hardened")
_OF_APPLICATIONS = ("mac_sign", "mac_sign_and_pkg", *_HARDENED)


def _each_path_is_signed_once(body: Body) -> Iterator[str]:
    """The script stores files by path, so a later file would replace an earlier one."""
    first: dict[str, int] = {}
    for index, item in upstream_artifacts(body):
        for path in item["paths"]:
            if path in first:
                places = f"`{place_of(first[path])}` and `{place_of(index)}`"
                yield f"{places} have the same path `{path}`"
            first.setdefault(path, index)


def _comments_are_on_installers(body: Body) -> Iterator[str]:
    """The script supports comments only in installers."""
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


def _formats_are_for_the_file(body: Body) -> Iterator[str]:
    """The script checks the extension."""
    for index, item in upstream_artifacts(body):
        for name in item["formats"]:
            ends = _ends_of(name)
            for path in item["paths"] if ends else ():
                if not path.endswith(ends):
                    yield f"`{place_of(index)}`: `{name}` is not for `{path}`, but {listed(ends)}"


def _ends_of(name: str) -> tuple[str, ...]:
    bare = name
    for server in _SERVERS:
        bare = bare.removeprefix(server)
    return next((ends for start, ends in _SIGNS.items() if bare.startswith(start)), ())


def _behavior(body: Body) -> str:
    return str(body["payload"].get("behavior", "mac_sign"))


def _applications_can_be_unpacked(body: Body) -> Iterator[str]:
    """Language packs are signed unchanged, and files without a format are only read."""
    if _behavior(body) not in _OF_APPLICATIONS:
        return
    for index, item in upstream_artifacts(body):
        formats = item.get("formats", ())
        is_pack = any("langpack" in name for name in formats)
        ends = (".xpi",) if is_pack else _UNPACKED
        for path in item["paths"] if formats else ():
            if not path.endswith(ends):
                yield f"`{place_of(index)}`: `{path}` does not end in one of {listed(ends)}"


def _files_lie_in_known_folders(body: Body) -> Iterator[str]:
    for index, item in upstream_artifacts(body):
        for path in item["paths"] if item.get("formats") else ():
            if not path.startswith(_FOLDERS):
                yield f"`{place_of(index)}`: `{path}` is not below one of {listed(_FOLDERS)}"


def _hardening_is_said(body: Body) -> Iterator[str]:
    if _behavior(body) not in _HARDENED:
        return
    said = body["payload"].get("hardened-sign-config")
    if said is None:
        yield "`payload` lacks `hardened-sign-config`, which may be empty"
    for one in said or ():
        for key in ("entitlements", "libconstraints"):
            path = one.get(key) or ""
            is_url = path.startswith(("http://", "https://"))
            if not is_url and ("//" in path or path.startswith("/")):
                yield f"`{key}` is `{path}`, which is neither an address nor a path in an artifact"


def _files_have_formats(body: Body) -> Iterator[str]:
    """Resources that are only read have an empty list; the script requires the key."""
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
        Demand(
            "The name of a file ends as its format has it.",
            "signingscript/sign.py: sign_xpi, sign_widevine, sign_omnija, sign_authenticode, "
            "sign_rpm_pkg, apple_notarize_stacked",
            _formats_are_for_the_file,
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
        Demand(
            "An application is an archive that can be unpacked, a language pack an `.xpi`.",
            "iscript/mac.py: extract_all_apps; iscript/autograph.py: sign_langpacks",
            _applications_can_be_unpacked,
        ),
        Demand(
            "What is signed lies in a folder that the script knows.",
            "iscript/mac.py: get_app_paths",
            _files_lie_in_known_folders,
        ),
        Demand(
            "Hardened signing has `hardened-sign-config`; its files are addresses or artifacts.",
            "iscript/hardened_sign.py: sign_hardened_behavior, get_upstream_signing_resources",
            _hardening_is_said,
        ),
    ),
)
