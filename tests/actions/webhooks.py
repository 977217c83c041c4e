"""What GitHub sends of pushes, tags, pull requests and releases, as Taskcluster hands it on.

All keys are there that such payloads have, but for addresses of the interface of the code host.
Whether addresses of people are null, who sends what of merge queues and bots, and the letters of
their refs are as in real ones. Sources: taskcluster/taskcluster, services/github/test/data/webhooks
(push, push.merge_queue_bot, tag_push, pull_request.open, release); GitHub, webhook events.
"""

from typing import Any

Json = dict[str, Any]

HEAD, BASE, NONE = "a" * 40, "b" * 40, "0" * 40
OWNER = "mozilla-firefox"


def user(login: str) -> Json:
    """An account: a person, or the bot of an application."""
    bot = login.endswith("[bot]")
    page = f"apps/{login.removesuffix('[bot]')}" if bot else login
    return {
        "login": login,
        "id": 118344674,
        "node_id": "BOT_kgDOBw3L4g" if bot else "MDQ6VXNlcjE4MTAyNTUy",
        "gravatar_id": "",
        "html_url": f"https://github.com/{page}",
        "type": "Bot" if bot else "User",
        "user_view_type": "public",
        "site_admin": False,
    }


def repository(owner: str = OWNER, *, pushed_at: Any = 1763055171) -> Json:
    """The repository of the project, or somebody's fork of it."""
    full = f"{owner}/firefox"
    return {
        "id": 129966583,
        "node_id": "MDEwOlJlcG9zaXRvcnkxMjk5NjY1ODM=",
        "name": "firefox",
        "full_name": full,
        "private": False,
        "owner": {**user(owner), "name": owner, "email": None, "type": "Organization"},
        "html_url": f"https://github.com/{full}",
        "description": None,
        "fork": owner != OWNER,
        "url": f"https://api.github.com/repos/{full}",
        "created_at": 1524000037,
        "updated_at": "2026-11-13T16:32:55Z",
        "pushed_at": pushed_at,
        "git_url": f"git://github.com/{full}.git",
        "ssh_url": f"git@github.com:{full}.git",
        "clone_url": f"https://github.com/{full}.git",
        "homepage": "",
        "size": 67364,
        "language": "Rust",
        "archived": False,
        "disabled": False,
        "license": {"key": "mpl-2.0", "name": "Mozilla Public License 2.0", "url": None},
        "allow_forking": True,
        "is_template": False,
        "topics": [],
        "visibility": "public",
        "default_branch": "main",
        "master_branch": "main",
        "custom_properties": {},
    }


def _commit() -> Json:
    author = {"name": "Somebody", "email": "somebody@users.noreply.github.com"}
    return {
        "id": HEAD,
        "tree_id": "c" * 40,
        "distinct": True,
        "message": "Change something (#7066)",
        "timestamp": "2026-11-13T17:32:35Z",
        "url": f"https://github.com/{OWNER}/firefox/commit/{HEAD}",
        "author": {**author, "username": "somebody"},
        "committer": {"name": "GitHub", "email": "noreply@github.com", "username": "web-flow"},
        "added": [],
        "removed": [],
        "modified": ["README.md"],
    }


def push(ref: str, by: str, email: str | None = None, *, owner: str = OWNER, **more: Any) -> Json:
    """A push to a branch or of a tag, by an account whose address may be private."""
    return {
        "ref": ref,
        "before": BASE,
        "after": HEAD,
        "repository": repository(owner),
        "pusher": {"name": by, "email": email},
        "organization": {"login": owner, "id": 131524, "description": ""},
        "sender": user(by),
        "installation": {"id": 5116332, "node_id": "MDIzOkludGVncmF0aW9u"},
        "created": False,
        "deleted": False,
        "forced": False,
        "base_ref": None,
        "compare": f"https://github.com/{owner}/firefox/compare/{BASE[:12]}...{HEAD[:12]}",
        "commits": [_commit()],
        "head_commit": _commit(),
        **more,
    }


def pull_request(action: str, by: str, *, head: str, ref: str, sender: str = "") -> Json:
    """A pull request of `by`, whose branch `ref` is in the repository of `head`."""

    def end(owner: str, branch: str, revision: str) -> Json:
        there = repository(owner, pushed_at="2026-11-13T16:32:55Z")
        label = f"{owner}:{branch}"
        return {"label": label, "ref": branch, "sha": revision, "user": user(owner), "repo": there}

    return {
        "action": action,
        "number": 7,
        "pull_request": {
            "id": 1234567890,
            "number": 7,
            "state": "open",
            "locked": False,
            "title": "Change something",
            "user": user(by),
            "body": None,
            "created_at": "2026-11-13T16:00:00Z",
            "updated_at": "2026-11-13T16:32:55Z",
            "closed_at": None,
            "merged_at": None,
            "merge_commit_sha": "d" * 40,
            "assignee": None,
            "labels": [],
            "draft": False,
            "head": end(head, ref, HEAD),
            "base": end(OWNER, "main", BASE),
            "author_association": "CONTRIBUTOR",
            "auto_merge": None,
            "merged": False,
            "commits": 1,
            "changed_files": 1,
        },
        "repository": repository(pushed_at="2026-11-13T16:32:55Z"),
        "organization": {"login": OWNER, "id": 131524},
        "sender": user(sender or by),
        "installation": {"id": 5116332},
    }


def release(action: str, tag: str, branch: str, by: str) -> Json:
    """A release of the code host, of a tag that was made on a branch."""
    return {
        "action": action,
        "release": {
            "id": 5077000,
            "tag_name": tag,
            "target_commitish": branch,
            "name": None,
            "draft": False,
            "author": user(by),
            "prerelease": False,
            "created_at": "2026-11-13T16:00:00Z",
            "published_at": "2026-11-13T16:32:55Z",
            "assets": [],
            "tarball_url": f"https://api.github.com/repos/{OWNER}/firefox/tarball/{tag}",
            "body": None,
        },
        "repository": repository(pushed_at="2026-11-13T16:32:55Z"),
        "sender": user(by),
        "installation": {"id": 5116332},
    }
