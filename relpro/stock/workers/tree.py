"""Takes changes to a source tree, gives the payload of treescript.

Source: treescript, which pushes to the tree itself; landoscript is its successor.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from voluptuous import Optional, Required

from relpro.model.place import Effects, Place
from relpro.model.task import Json, TaskDescription
from relpro.stock.workers.naming import deeply_snaked, handed_on, picked, snake
from relpro.stock.workers.payload import Payload
from relpro.transform.context import Context
from relpro.values import OneOf, flag, text, whole_number

#: The keys of both scripts that change a tree, action by action.
CHANGES = {
    Optional("tag-info"): {
        Required("tags"): [text],
        Required("revision"): text,
        Optional("hg-repo-url"): text,
    },
    Optional("version-bump-info"): {Required("next-version"): text, Required("files"): [text]},
    Optional("l10n-bump-info"): [dict],
    Optional("android-l10n-import-info"): dict,
    Optional("android-l10n-sync-info"): dict,
    Optional("merge-info"): dict,
    Optional("dry-run"): flag,
    Optional("dontbuild"): flag,
    Optional("ignore-closed-tree"): flag,
    Optional("max-run-time"): whole_number,
}

#: The actions of both scripts that change a tree.
ACTIONS = (
    "tag",
    "version-bump",
    "l10n-bump",
    "l10n-bump-github",
    "merge-day",
    "android-l10n-import",
    "android-l10n-sync",
)

SCHEMA = {
    Required("actions"): [OneOf(*ACTIONS, "push", "create-branch")],
    Optional("create-branch-info"): {Required("branch-name"): text},
    Optional("branch"): text,
    Optional("source-repo"): text,
    Optional("ssh-user"): text,
    Optional("push"): flag,
    **CHANGES,
}

#: Mappings from data (locales) to data: their keys are not converted.
_DATA = ("ignore-config",)

_PLAIN = handed_on(SCHEMA, "actions", "max-run-time")


def build(ctx: Context, description: TaskDescription) -> Payload:
    """The payload, and a scope for each action."""
    worker = description.worker
    payload = tree_changes(worker, _PLAIN)
    prefix = f"{ctx.config.scope_prefix}:treescript:action"
    scopes = tuple(f"{prefix}:{action}" for action in payload["actions"])
    repository = payload.get("source_repo") or ctx.parameters["head_repository"]
    effects = changed_tree(str(repository).partition("://")[2], payload)
    return Payload(payload, scopes=scopes, effects=effects)


def changed_tree(repository: str, payload: Mapping[str, object]) -> Effects:
    """The effects of a payload on a repository: none with `dry_run`."""
    return Effects() if payload.get("dry_run") else Effects(tuple(_changed(repository, payload)))


def _changed(repository: str, payload: Mapping[str, Any]) -> Iterator[Place]:
    actions, merge = payload["actions"], payload.get("merge_info", {})
    tags = payload.get("tag_info", {}).get("tags", ()) if "tag" in actions else ()
    files = payload.get("version_bump_info", {}).get("files", ())
    bumps = payload.get("l10n_bump_info", ())
    if "merge_day" in actions:
        tags = (*tags, *(merge[name] for name in ("base_tag", "end_tag") if name in merge))
        files = (*files, *merge.get("version_files", ()))
        bumps = (*bumps, *merge.get("l10n_bump_info", ()))
        if "to_branch" in merge:
            yield Place("branch", f"{merge.get('to_repo', repository)}/{merge['to_branch']}")
    if "create_branch" in actions:
        yield Place("branch", f"{repository}/{payload['create_branch_info']['branch_name']}")
    files = (*files, *(bump.get("path", "") for bump in bumps))
    yield from (Place("tag", f"{repository}/{tag}") for tag in tags)
    for file in files:
        # A file without a name is reported by the schema of the script.
        name = file.get("filename", "") if isinstance(file, Mapping) else file
        yield Place("tree-file", f"{repository}/{name}")


def tree_changes(worker: Json, names: tuple[str, ...]) -> dict[str, Any]:
    """The keys `names` of a worker, and its actions, in the spelling of the scripts."""
    payload: dict[str, Any] = {"actions": [snake(action) for action in worker["actions"]]}
    payload |= {key: deeply_snaked(value, _DATA) for key, value in picked(worker, names).items()}
    if "max-run-time" in worker:
        payload["maxRunTime"] = worker["max-run-time"]
    return payload
