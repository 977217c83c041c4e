"""Takes a task body, gives what beetmoverscript (artifacts to buckets and repositories) refuses."""

from collections.abc import Iterator, Mapping
from posixpath import basename, split

from relpro.schemas.wording import listed
from relpro.verify.scripts.script import Body, Script, exactly_one, only, scopes_with

_ACTION = ":beetmover:action:"
_RESOURCES = (":beetmover:bucket:", ":beetmover:apt-repo:", ":beetmover:yum-repo:")
_FOLDER = "beetmoverscript"
_MAPPED = f"{_FOLDER}/artifactMap_beetmover_task_schema.json"
_PLAIN = f"{_FOLDER}/beetmover_task_schema.json"

#: The schemas of each action. Three actions need an `artifactMap` that their own schema does not
#: ask for; the schema of direct pushes, which does, is applied to them as well.
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


def _schemas(body: Body) -> tuple[str, ...]:
    return _SCHEMAS.get(only(body, _ACTION) or "", ())


def _resource_and_action_belong_together(body: Body) -> Iterator[str]:
    """One scope names a bucket or repository, and the action's scope has the same prefix.

    Source: beetmoverscript.
    """
    held = [scope for marker in _RESOURCES for scope in scopes_with(body, marker)]
    if len(held) != 1:
        names = listed(name for _, name in held) or "none"
        yield f"exactly one scope for a bucket, apt-repo or yum-repo is needed, found {names}"
        return
    for prefix, _ in scopes_with(body, _ACTION):
        if prefix != held[0][0]:
            yield f"the scopes of bucket and action have prefixes `{held[0][0]}` and `{prefix}`"


#: The actions that read a release's version and build number from the payload.
_OF_A_BUILD = ("push-to-candidates", "push-to-partner", "push-to-releases")


def _releases_have_a_build(body: Body) -> Iterator[str]:
    """A task that uploads or copies a release names its `version` and `build_number`.

    Source: beetmoverscript, which makes folders and its manifest of them in these actions; the
    schemas of two do not ask for them.
    """
    if only(body, _ACTION) in _OF_A_BUILD:
        for key in ("version", "build_number"):
            if key not in body["payload"]:
                yield f"`payload` lacks `{key}`"


def _maven_paths_have_the_version(body: Body) -> Iterator[str]:
    """The last folder of each maven destination is the version, which the file name holds too.

    Source: beetmoverscript, action push-to-maven.
    """
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
    (exactly_one(_ACTION, tuple(_SCHEMAS)), _resource_and_action_belong_together),
    (_releases_have_a_build, _maven_paths_have_the_version),
)
