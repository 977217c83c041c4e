"""Takes a rehearsal of the postcard, gives the chain of every task of a script that it ran."""

import hashlib
from functools import cache, partial
from pathlib import Path

import taskcluster

from relpro.rehearsal.rehearse import Rehearsed
from relpro.rehearsal.stage import Stage
from relpro.workers.keys import Keys
from tests.chain_of_trust import vpn
from tests.chain_of_trust.chains import Json

OWNER, NAME = "relpro-examples", "postcard"
REPOSITORY = f"https://github.com/{OWNER}/{NAME}"
_TREES = "postcard-repo"

#: What a deployment of scriptworker has in its configuration for this product.
RULES: Json = {
    "cot_product_type": "github",
    "valid_decision_worker_pools": ["postcard-3/decision"],
    "valid_docker_image_worker_pools": ["postcard-3/images"],
    "trusted_vcs_rules": [
        {
            "schemes": ["https"],
            "netlocs": ["github.com"],
            "path_regexes": [rf"^(?P<path>/{OWNER}/{NAME})(/|.git|$)"],
        }
    ],
    "hg_git_mirrors": {},
    "valid_tasks_for": ["github-push", "action"],
    "official_github_repos_owner": OWNER,
    "cot_restricted_scopes": {
        "project:postcard:releng:signing:cert:release-signing": _TREES,
        "project:postcard:releng:beetmover:bucket:release": _TREES,
        "project:postcard:releng:balrog:server:release": _TREES,
    },
    "cot_restricted_trees": {_TREES: [f"/{OWNER}/{NAME}"]},
    "prebuilt_docker_image_task_types": "any",
    "source_env_prefix": "POSTCARD",
}

HOST: Json = {
    **vpn.HOST,
    "product": "postcard",
    "rules": RULES,
    "projects": {
        NAME: {
            "repo": REPOSITORY,
            "repo_type": "git",
            "default_branch": "main",
            "branches": [{"name": "main", "level": 3}],
        }
    },
}

#: The pools of scripts, and the types of tasks that scriptworker tells apart.
_SCRIPTS = "scriptworker-k8s/postcard-3-"
_TYPES = frozenset({"signing", "beetmover", "balrog", "bouncer"})


def chains_of(here: Stage, done: Rehearsed, folder: Path) -> dict[str, Json]:
    """Name of phase and task -> the chain of each task of a script.

    Artifacts are written below `folder`.
    """
    tasks = {
        entry["status"]["taskId"]: entry["task"] for phase in done.phases for entry in phase.entries
    }
    published = cache(partial(_published, here, folder))
    keys = Keys(here.services.keys).public()
    template = (done.folder / "checkout/.taskcluster.yml").read_text()
    chains = {}
    for task_id, task in tasks.items():
        pool = task["taskQueueId"]
        if not pool.startswith(_SCRIPTS):
            continue
        script = pool.removeprefix(_SCRIPTS)
        linked = _linked(task_id, here)
        chains[f"{task['metadata']['name']} {task_id}"] = {
            **HOST,
            "task_id": task_id,
            "task_type": script if script in _TYPES else "scriptworker",
            "tasks": linked,
            "published": {one: published(one) for one in linked},
            "template": template,
            "keys": keys,
        }
    return chains


def _linked(task_id: str, here: Stage) -> dict[str, Json]:
    """A task and all tasks of its chain, by id."""
    found, pending = dict[str, Json](), [task_id]
    while pending:
        link = pending.pop()
        if link in found:
            continue
        task = found[link] = here.service.task(link)
        pending += (item["taskId"] for item in task["payload"].get("upstreamArtifacts", ()))
        pending += task["extra"].get("chainOfTrust", {}).get("inputs", {}).values()
        pending.append(task["extra"].get("parent") or task["taskGroupId"])
    return found


def _published(here: Stage, folder: Path, task_id: str) -> dict[str, Json]:
    queue = taskcluster.Queue(here.service.options())
    found = {}
    for one in queue.listLatestArtifacts(task_id)["artifacts"]:
        content = here.service.content(task_id, one["name"])
        if content is not None:
            path = folder / hashlib.sha256(content).hexdigest()
            path.write_bytes(content)
            found[one["name"]] = {"file": str(path)}
    return found
