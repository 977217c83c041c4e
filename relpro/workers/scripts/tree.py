"""Stands in for treescript: tags, a version and branches in a git repository.

Source: treescript, gecko/ and github/.
"""

from relpro.verify.scripts.trees import tree_of
from relpro.workers.errand import Errand
from relpro.workers.job import Unfit
from relpro.workers.tree_changes import Change, Repository

_KNOWN = ("tag", "version_bump", "create_branch", "push")

_MESSAGE = "Automatic version bump CLOSED TREE NO BUG a=release"
_NO_BUILD = " DONTBUILD"


def act(errand: Errand) -> None:
    """Do the actions of a task. Raises `Unfit`, `Failed` and `Stopped`."""
    payload = errand.payload
    actions = payload["actions"]
    if unknown := [f"`{name}`" for name in actions if name not in _KNOWN]:
        raise Unfit(f"{', '.join(unknown)} is not done on this machine", "resource-unavailable")
    tags = payload["tag_info"] if "tag" in actions else {}
    bump = payload["version_bump_info"] if "version_bump" in actions else {}
    made = payload["create_branch_info"] if "create_branch" in actions else {}
    change = Change(
        tags=tags.get("tags", ()),
        tags_at=tags.get("revision", ""),
        next_version=bump.get("next_version", ""),
        files=bump.get("files", ()),
        message=_MESSAGE + (_NO_BUILD if payload.get("dontbuild") else ""),
        branch=made.get("branch_name", ""),
    )
    repository = Repository.of(errand, tree_of(errand.task), payload.get("branch", ""))
    repository.make(errand, change, push=not payload.get("dry_run", False))
