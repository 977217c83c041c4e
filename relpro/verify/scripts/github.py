"""Takes a task body, gives what githubscript (releases on GitHub) refuses.

It has no schema: what it reads of a payload is demanded here.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from relpro.schemas.wording import listed
from relpro.verify.scripts.script import Body, Demand, Script, exactly_one, scopes_with, values

#: What the script reads of every payload, and of which type it is.
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


def _the_only_action_is_held(body: Body) -> Iterator[str]:
    found = values(body, ":github:action:")
    if found != ["release"]:
        held = listed(f"...:github:action:{value}" for value in found) or "none"
        yield f"exactly one scope `...:github:action:release` is needed, found {held}"


def _scopes_have_one_prefix(body: Body) -> Iterator[str]:
    markers = (":github:project:", ":github:action:")
    found = {prefix for marker in markers for prefix, _ in scopes_with(body, marker)}
    if len(found) > 1:
        yield f"the scopes of project and action have several prefixes: {listed(sorted(found))}"


def _a_repository_is_named_whole(body: Body) -> Iterator[str]:
    said = [key for key in _REPOSITORY if body["payload"].get(key)]
    if len(said) == 1:
        (lacking,) = (key for key in _REPOSITORY if key not in said)
        yield f"`payload` has `{said[0]}` and lacks `{lacking}`"


def _every_file_has_one_name(body: Body) -> Iterator[str]:
    names = [*_names(body)]
    for item in _items(body, "upstreamArtifacts"):
        for path in _listed(item.get("paths")):
            found = [destinations for known, destinations in names if known == path]
            if len(found) != 1:
                yield f"`{path}` stands {len(found)} times in `payload.artifactMap`, not once"
            elif len(found[0]) != 1:
                yield f"`{path}` has {len(found[0])} destinations in `payload.artifactMap`, not one"


def _names(body: Body) -> Iterator[tuple[str, list[Any]]]:
    for item in _items(body, "artifactMap"):
        paths = item.get("paths")
        for path, said in paths.items() if isinstance(paths, dict) else ():
            yield path, _listed(said.get("destinations")) if isinstance(said, dict) else []


def _items(body: Body, key: str) -> list[Mapping[str, Any]]:
    return [item for item in _listed(body["payload"].get(key)) if isinstance(item, dict)]


def _listed(value: Any) -> list[Any]:
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
            _the_only_action_is_held,
        ),
        Demand(
            "The scopes of project and action have one prefix.",
            "githubscript/task.py: extract_common_scope_prefix",
            _scopes_have_one_prefix,
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
)
