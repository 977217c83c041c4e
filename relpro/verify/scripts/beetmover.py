"""Takes a task body, gives what beetmoverscript (artifacts to buckets and repositories) refuses."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from posixpath import basename, split

from relpro.schemas.wording import listed
from relpro.verify.scripts.script import (
    Body,
    Demand,
    Script,
    exactly_one,
    only,
    place_of,
    scopes_with,
    upstream_artifacts,
)

_ACTION = ":beetmover:action:"
_RESOURCES = (":beetmover:bucket:", ":beetmover:apt-repo:", ":beetmover:yum-repo:")
_FOLDER = "beetmoverscript"
_MAPPED = f"{_FOLDER}/artifactMap_beetmover_task_schema.json"
_PLAIN = f"{_FOLDER}/beetmover_task_schema.json"

#: The schemas of each action. Three actions need an `artifactMap` that their own schemas do not
#: require; the schema of direct pushes, which does, is applied to them as well.
_SCHEMAS: Mapping[str, tuple[str, ...]] = {
    "push-to-candidates": (_PLAIN, _MAPPED),
    "push-to-nightly": (_PLAIN, _MAPPED),
    "push-to-partner": (_PLAIN,),
    "push-to-system-addons": (_PLAIN,),
    "direct-push-to-bucket": (_MAPPED,),
    "push-to-maven": (f"{_FOLDER}/maven_beetmover_task_schema.json", _MAPPED),
    "push-to-releases": (f"{_FOLDER}/release_beetmover_task_schema.json",),
    "import-from-gcs-to-artifact-registry": (
        f"{_FOLDER}/import_from_gcs_to_artifact_registry_task_schema.json",
    ),
    "upload-data": (f"{_FOLDER}/upload_data_task_schema.json",),
    "upload-translations-artifacts": (f"{_FOLDER}/upload_translations_artifacts_task_schema.json",),
}

#: Actions that read the build number, though their schemas do not require it; that of
#: push-to-releases does.
_OF_A_BUILD = ("push-to-candidates", "push-to-partner")

#: Actions that write a checksums file.
_WITH_CHECKSUMS = (
    "push-to-candidates",
    "push-to-nightly",
    "push-to-partner",
    "push-to-system-addons",
)

#: Actions that write data for the update server.
_WITH_MANIFEST = ("push-to-candidates", "push-to-nightly")

#: Actions that look up the destination of each file.
_BY_MAP = ("push-to-candidates", "push-to-nightly", "direct-push-to-bucket", "push-to-maven")

#: The names of installers. Source: beetmoverscript/constants.py.
INSTALLERS = (
    "target.tar.bz2",
    "target.tar.xz",
    "target.installer.exe",
    "target.dmg",
    "target.apk",
)

#: Allowed folders of partner packages. Source: beetmoverscript/constants.py.
_PARTNER_FOLDERS = (
    re.compile(r"(beetmover-checksums/)?(mac|win32|win64(|-aarch64))-EME-free/[^/.]+$"),
    re.compile(
        r"partner-repacks/(?!\.{1,2}/)[^/%]+/(?!\.{1,2}/)[^/%]+/v\d+/"
        r"(mac|win32|win64(|-aarch64)|linux-i686|linux-x86_64)/(?!\.{1,2}$)[^/%]+$"
    ),
)


def _schemas(body: Body) -> tuple[str, ...]:
    return _SCHEMAS.get(only(body, _ACTION) or "", ())


def _resource_and_action_belong_together(body: Body) -> Iterator[str]:
    held = [scope for marker in _RESOURCES for scope in scopes_with(body, marker)]
    if len(held) != 1:
        names = listed(name for _, name in held) or "none"
        yield f"exactly one scope for a bucket, apt-repo or yum-repo is needed, found {names}"
        return
    for prefix, _ in scopes_with(body, _ACTION):
        if prefix != held[0][0]:
            yield f"the scopes of bucket and action have prefixes `{held[0][0]}` and `{prefix}`"


def _a_release_has_a_build(body: Body) -> Iterator[str]:
    """Manifests and partner folders contain version and build number."""
    if only(body, _ACTION) in _OF_A_BUILD:
        for key in ("version", "build_number"):
            if key not in body["payload"]:
                yield f"`payload` lacks `{key}`"


def _the_kind_is_tagged(body: Body) -> Iterator[str]:
    """The checksums file is named after the kind."""
    if only(body, _ACTION) in _WITH_CHECKSUMS and "kind" not in body.get("tags", {}):
        yield "`tags` lacks `kind`"


def _every_file_has_a_destination(body: Body) -> Iterator[str]:
    """The script searches the map by task, locale and path."""
    payload = body["payload"]
    if only(body, _ACTION) not in _BY_MAP:
        return
    mapped = {
        (item["taskId"], item["locale"], path)
        for item in payload["artifactMap"]
        for path in item["paths"]
    }
    for index, item in upstream_artifacts(body):
        locale = item.get("locale", "en-US")
        for path in item["paths"]:
            if (item["taskId"], locale, path) not in mapped:
                yield f"`{place_of(index)}` has `{path}`, for which `artifactMap` has no entry"


def _records_of_builds_have_an_installer(body: Body) -> Iterator[str]:
    """The script writes the URL of the installer into the record."""
    if only(body, _ACTION) not in _BY_MAP:
        return
    paths: dict[str, list[str]] = {}
    for _, item in upstream_artifacts(body):
        paths.setdefault(item.get("locale", "en-US"), []).extend(item["paths"])
    for locale, every in paths.items():
        has_record = any(path.endswith("buildhub.json") for path in every)
        if has_record and not any(path.endswith(INSTALLERS) for path in every):
            yield f"`buildhub.json` of `{locale}` is without one of {listed(INSTALLERS)}"


def _updates_have_digests_of_their_own(body: Body) -> Iterator[str]:
    """Digests are stored by that name, and the first file with a name wins.

    The update server would get the size and digest of another file.
    """
    files = [
        (path, said.get("checksums_path"), said.get("update_balrog_manifest"))
        for item in body["payload"].get("artifactMap", ())
        for path, said in item["paths"].items()
    ]
    told = [(path, name) for path, name, is_told in files if is_told]
    if not told or only(body, _ACTION) not in _WITH_MANIFEST:
        return
    shared = {name for name, many in Counter(name for _, name, _ in files).items() if many > 1}
    for path, name in told:
        if name in shared:
            yield f"`checksums_path` of `{path}` is that of another file, too: `{name}`"


def _partners_have_their_folders(body: Body) -> Iterator[str]:
    """The folder below candidates replaces the locale."""
    if only(body, _ACTION) != "push-to-partner":
        return
    for index, item in upstream_artifacts(body):
        locale = item.get("locale", "en-US")
        if not any(folder.match(locale) for folder in _PARTNER_FOLDERS):
            yield f"`{place_of(index)}.locale` is not a folder of a partner: `{locale}`"


def _maven_paths_have_the_version(body: Body) -> Iterator[str]:
    if only(body, _ACTION) != "push-to-maven":
        return
    version = body["payload"].get("version")
    if version is None:
        yield "`payload` lacks `version`"
        return
    for item in body["payload"]["artifactMap"]:
        for artifact in item["paths"].values():
            for destination in artifact["destinations"]:
                yield from _misplaced(destination, version)


def _misplaced(destination: str, version: str) -> Iterator[str]:
    folder, name = split(destination)
    if basename(folder) != version:
        yield f"the last folder of destination `{destination}` is not the version `{version}`"
    if version not in name:
        yield f"the file name of destination `{destination}` lacks the version `{version}`"


BEETMOVER = Script(
    _schemas,
    (
        Demand(
            "One scope names an action.",
            "beetmoverscript/task.py: get_task_action",
            exactly_one(_ACTION, tuple(_SCHEMAS)),
        ),
        Demand(
            "One scope names a bucket or repository, with the prefix of that of the action.",
            "beetmoverscript/task.py: get_task_resource",
            _resource_and_action_belong_together,
        ),
    ),
    (
        Demand(
            "The payload has `version` and `build_number`.",
            "beetmoverscript/utils.py: generate_beetmover_template_args; "
            "beetmoverscript/script.py: enrich_balrog_manifest",
            _a_release_has_a_build,
            _OF_A_BUILD,
        ),
        Demand(
            "The tag `kind` is set.",
            "beetmoverscript/task.py: is_custom_checksums_task",
            _the_kind_is_tagged,
            _WITH_CHECKSUMS,
        ),
        Demand(
            "`artifactMap` has an entry for every upstream artifact, with its locale.",
            "beetmoverscript/utils.py: extract_file_config_from_artifact_map",
            _every_file_has_a_destination,
            _BY_MAP,
        ),
        Demand(
            "A `buildhub.json` is moved together with the installer of its locale.",
            "beetmoverscript/script.py: move_beets",
            _records_of_builds_have_an_installer,
            _BY_MAP,
        ),
        Demand(
            "A file that the update server is told of has a `checksums_path` of its own.",
            "beetmoverscript/script.py: move_beet",
            _updates_have_digests_of_their_own,
            _WITH_MANIFEST,
        ),
        Demand(
            "The `locale` of an upstream artifact is the folder of a partner.",
            "beetmoverscript/script.py: sanity_check_partner_path",
            _partners_have_their_folders,
            ("push-to-partner",),
        ),
        Demand(
            "The last folder of a destination is `version`, and its file name holds it.",
            "beetmoverscript/task.py: check_maven_artifact_map",
            _maven_paths_have_the_version,
            ("push-to-maven",),
        ),
    ),
    publishes=True,
)
