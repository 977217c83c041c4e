"""Takes a task body, gives what githubscript (releases on GitHub) refuses.

It has no schema, so the keys that it reads are required here.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from relpro.verify.scripts.script import (
    Body,
    Demand,
    Script,
    exactly_one,
    one_prefix,
    upstream_artifacts,
)

#: The keys that the script reads in every payload, with their types.
_NEEDED: Mapping[str, tuple[type, str]] = {
    "gitTag": (str, "a text"),
    "gitRevision": (str, "a text"),
    "releaseName": (str, "a text"),
    "isPrerelease": (bool, "true or false"),
    "upstreamArtifacts": (list, "a list"),
    "artifactMap": (list, "a list"),
}
_REPOSITORY = ("githubOwner", "githubRepoName")


def _everything_is_said(body: Body) -> Iterator[str]:
    payload = body["payload"]
    for key, (wanted, told) in _NEEDED.items():
        if key not in payload:
            yield f"`payload` lacks `{key}`"
        elif not isinstance(payload[key], wanted):
            yield f"`payload.{key}` must be {told}"


def _a_repository_is_named_whole(body: Body) -> Iterator[str]:
    said = [key for key in _REPOSITORY if body["payload"].get(key)]
    if len(said) == 1:
        (lacking,) = (key for key in _REPOSITORY if key not in said)
        yield f"`payload` has `{said[0]}` and lacks `{lacking}`"


def _every_file_has_one_name(body: Body) -> Iterator[str]:
    names = [*_names(body)]
    for _, item in upstream_artifacts(body):
        for path in _listed(item.get("paths")):
            found = [destinations for known, destinations in names if known == path]
            if len(found) != 1:
                yield f"`{path}` stands {len(found)} times in `payload.artifactMap`, not once"
            elif len(found[0]) != 1:
                yield f"`{path}` has {len(found[0])} destinations in `payload.artifactMap`, not one"


def _names(body: Body) -> Iterator[tuple[str, list[object]]]:
    for item in _listed(body["payload"].get("artifactMap")):
        paths = item.get("paths") if isinstance(item, dict) else None
        for path, said in paths.items() if isinstance(paths, dict) else ():
            yield path, _listed(said.get("destinations")) if isinstance(said, dict) else []


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


GITHUB = Script(
    lambda _body: (),
    (
        Demand(
            "One scope names the project.",
            "githubscript/task.py: get_github_project",
            exactly_one(":github:project:"),
        ),
        Demand(
            "One scope names the action, which is `release`.",
            "githubscript/script.py: async_main",
            exactly_one(":github:action:", ("release",)),
        ),
        Demand(
            "The scopes of project and action have one prefix.",
            "githubscript/task.py: extract_common_scope_prefix",
            one_prefix((":github:project:", ":github:action:"), "project and action"),
        ),
        Demand(
            "`payload` names tag, revision, release and files, and says whether it comes early.",
            "githubscript/release_config.py: get_release_config",
            _everything_is_said,
        ),
    ),
    (
        Demand(
            "A task that names the repository names its owner too.",
            "githubscript/release_config.py: get_release_config",
            _a_repository_is_named_whole,
        ),
        Demand(
            "Every upstream artifact stands once in `artifactMap`, with one destination.",
            "githubscript/release_config.py: _find_target_path",
            _every_file_has_one_name,
        ),
    ),
    publishes=True,
)
