"""Takes this repository's own kinds, gives chains of tasks as relpro would have created them.

A push is decided and promoted exactly as in CI; what workers add when they run the tasks (files,
and the statements about them that Chain of Trust rests on) is made up here.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import jsone
import orjson

from relpro.actions.action import Generate, Request
from relpro.actions.action_input import complete_input
from relpro.actions.actions_json import read_template, render_actions
from relpro.actions.every import actions_for
from relpro.actions.hooks import hooks
from relpro.actions.look_ups import RecordedLookUps
from relpro.actions.release_promotion import RELEASE_PROMOTION
from relpro.decision import Event, decision_parameters
from relpro.embedded.definition import with_defaults, with_queue
from relpro.graph.taskids import task_id
from relpro.pipeline import Pipeline
from relpro.plan.carry_out import intended_tasks, prepare
from relpro.plan.recorded import RecordedTaskcluster
from relpro.project import Project
from relpro.submit.dates import to_text
from relpro.submit.intended import encode_bodies
from tests.actions.events import BASE, CONTEXTS, HEAD, render
from tests.actions.events import NOW as NOW_TEXT
from tests.actions.small_project import write_json
from tests.chain_of_trust import vpn

Json = dict[str, Any]

ROOT = Path(__file__).parents[2]
REPOSITORY = "https://hg.mozilla.org/releases/mozilla-release"
OWNER = "release@example.com"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
DECISION = task_id("push", "decision")
ACTION = task_id(DECISION, "promote")
ROOT_URL = "https://tc.example.com"

#: What services of the code host say, to whoever verifies a chain.
HOST: Json = {
    "product": "firefox",
    "commit": {},
    "pages": {
        f"{REPOSITORY}/json-pushes?changeset={HEAD}&version=2&full=1": {
            "pushes": {
                "4711": {
                    "date": 1752580800,
                    "user": OWNER,
                    "changesets": [{"desc": "Bug 1: a change", "node": HEAD, "parents": [BASE]}],
                }
            }
        }
    },
    "projects": {
        "mozilla-release": {"repo": REPOSITORY, "repo_type": "hg", "access": "scm_level_3"}
    },
}

INPUT = {
    "release_promotion_flavor": "promote_firefox",
    "build_number": 1,
    "next_version": "140.0.1",
    "partial_updates": {
        "139.0.1": {"buildNumber": 1, "locales": ["de"]},
        "139.0.4": {"buildNumber": 2, "locales": ["de"]},
    },
    "previous_graph_ids": [DECISION],
}


@attrs.frozen
class Release:
    """A push and its promotion: `tasks` by id, and what the two parent tasks published.

    `ids` maps labels to the ids of their tasks, those of the promotion first.
    """

    tasks: Mapping[str, Json]
    published: Mapping[str, Mapping[str, str]]
    ids: Mapping[str, str]


def make_release(folder: Path) -> Release:
    """Decide on a push to this repository and promote it, in `folder`."""
    project = Project(ROOT)
    decision = _body(render("hg-push", _push()))
    pushed = _decide(project, decision)
    actions = _actions(pushed)
    prepare(pushed, folder / DECISION / "public", actions)
    write_json(folder / "index.json", dict(_indexed(pushed)))
    asked = {_callback(entry): _triggered(project, entry) for entry in actions["actions"]}
    action = asked.pop("release-promotion")
    promoted = _promote(project, folder)
    prepare(promoted, folder / ACTION / "public", _actions(promoted))
    tasks = {DECISION: decision, ACTION: action}
    tasks |= {own: body for name, body in asked.items() for own in [task_id(DECISION, name)]}
    tasks |= dict((*_created(pushed), *_created(promoted)))
    published = {parent: _files(folder / parent) for parent in (DECISION, ACTION)}
    labels = {**pushed.morphed.label_to_taskid, **promoted.morphed.label_to_taskid}
    labels |= {name: task_id(DECISION, name) for name in asked} | {"release-promotion": ACTION}
    return Release(tasks, published, labels)


def make_cron_job(release: Release) -> Release:
    """The decision of a cron job on the revision of a push; its graph is that of the push."""
    context = {**_push(), **vpn.CRON}
    decision = _body(render("cron", context))
    tasks = {DECISION: decision}
    return Release(tasks, {DECISION: release.published[DECISION]}, {"decision": DECISION})


def make_vpn_graph(
    folder: Path, tasks_for: str, *, kinds: Mapping[str, str] = vpn.KINDS, now: datetime = NOW
) -> Release:
    """Decide on what happens to the project of another product, in `folder`."""
    project = vpn.write_project(folder / "checkout", kinds)
    context = {**vpn.contexts(project.root)[tasks_for], "ownTaskId": DECISION}
    decision = _body(render(tasks_for, context, DECISION, to_text(now), vpn.template()))
    pushed = _decide(project, decision)
    prepare(pushed, folder / DECISION / "public", _actions(pushed))
    tasks = {DECISION: decision, **dict(_created(pushed, now))}
    labels = {**pushed.morphed.label_to_taskid, "decision": DECISION}
    return Release(tasks, {DECISION: _files(folder / DECISION)}, labels)


def make_chain(
    release: Release, label: str, kind: str, host: Json = HOST, template: str = ""
) -> Json:
    """The chain that a scriptworker of type `kind` would verify before running a task."""
    verified = release.ids[label]
    links = list(_links(release, verified))
    tasks = {link: release.tasks[link] for link in links}
    parents = {verified} & release.published.keys()
    files = {
        link: _artifacts(release, link, tasks) for link in links if link != verified or parents
    }
    published = {
        link: {**names, "public/chain-of-trust.json": _statement(link, tasks[link], files)}
        for link, names in files.items()
    }
    chain = {
        "task_id": verified,
        "task_type": kind,
        "tasks": tasks,
        "published": published,
        "template": template or (ROOT / ".taskcluster.yml").read_text(),
        **host,
    }
    copy: Json = orjson.loads(orjson.dumps(chain))
    return copy


def _push() -> Json:
    context = CONTEXTS["hg-push"]
    push = {**context["push"], "owner": OWNER, "pushdate": 1752580800}
    return {**context, "push": push, "ownTaskId": DECISION}


def _callback(entry: Json) -> str:
    name: str = entry["hookPayload"]["decision"]["action"]["cb_name"]
    return name


def _triggered(project: Project, entry: Json) -> Json:
    """The task that the hook of an action makes, as the hooks service makes it."""
    template = read_template(project.root)
    every = hooks(actions_for(project.config), project.config, template=template, levels=["3"])
    (hook,) = [one for one in every if one["hookId"] == entry["hookId"]]
    callback = _callback(entry)
    given = INPUT if callback == "release-promotion" else {"force": True}
    own = ACTION if callback == "release-promotion" else task_id(DECISION, callback)
    asked = {"input": given, "taskId": None, "taskGroupId": DECISION}
    context = {
        "payload": jsone.render(entry["hookPayload"], asked),
        "taskId": own,
        "now": NOW_TEXT,
        "clientId": "people/somebody",
        "firedBy": "triggerHook",
    }
    return _body(jsone.render(hook["task"], context))


def _body(rendered: Json) -> Json:
    """A rendered task as the queue gives it back."""
    return with_queue(with_defaults({k: v for k, v in rendered.items() if k != "taskId"}))


def _decide(project: Project, decision: Json) -> Pipeline:
    prefix = project.config.source_env_prefix
    event = Event.read(decision["payload"]["env"], prefix, {})
    parameters = decision_parameters(project, event)
    return Pipeline(project, parameters, creator=DECISION, root_url=ROOT_URL)


def _promote(project: Project, folder: Path) -> Pipeline:
    example = (ROOT / "docs" / "examples" / "release" / "history.json").read_text()
    answers = folder / "history.json"
    # The tree of this repository is 140.0; the example is of a later release.
    answers.write_text(example.replace("140.0.2", "139.0.1").replace("140.0.3", "139.0.4"))
    request = Request(
        project=project,
        input=complete_input("", RELEASE_PROMOTION.schema(project.config), INPUT),
        task_group_id=DECISION,
        task_id=None,
        creator=ACTION,
        head={},
        records=RecordedTaskcluster(folder),
        look_ups=RecordedLookUps(answers),
        now=NOW,
        root_url=ROOT_URL,
    )
    work = RELEASE_PROMOTION.decide(request)
    assert isinstance(work, Generate)
    return work.pipeline


def _actions(pipeline: Pipeline) -> Json:
    return render_actions(
        actions_for(pipeline.config),
        pipeline.parameters,
        pipeline.config,
        template=read_template(pipeline.project.root),
        task_group_id=pipeline.creator,
    )


def _indexed(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    """Index path -> task id of everything that a push made, once it has completed."""
    for task in intended_tasks(pipeline):
        for route in task.body.get("routes", ()):
            if route.startswith("index."):
                yield route.removeprefix("index."), task.task_id


def _created(pipeline: Pipeline, now: datetime = NOW) -> Iterator[tuple[str, Json]]:
    intended = intended_tasks(pipeline)
    for task, body in zip(intended, encode_bodies(intended, now), strict=True):
        yield task.task_id, with_queue(with_defaults(orjson.loads(body)))


def _files(folder: Path) -> dict[str, str]:
    names = ("task-graph.json", "actions.json", "parameters.yml")
    return {f"public/{name}": (folder / "public" / name).read_text() for name in names}


def _upstream(task: Json) -> Iterator[tuple[str, list[str]]]:
    """(task id, artifacts) of everything that a task is made of, as Chain of Trust walks."""
    for item in task["payload"].get("upstreamArtifacts", ()):
        yield item["taskId"], item["paths"]
    for needed in task["extra"].get("chainOfTrust", {}).get("inputs", {}).values():
        yield needed, []
    yield task["extra"].get("parent") or task["taskGroupId"], []


def _links(release: Release, verified: str) -> Iterator[str]:
    found, pending = dict[str, None](), [verified]
    while pending:
        link = pending.pop()
        if link not in found:
            found[link] = None
            pending += [needed for needed, _ in _upstream(release.tasks[link])]
    yield from found


def _artifacts(release: Release, link: str, tasks: Mapping[str, Json]) -> dict[str, str]:
    """What a task published: for parents what relpro wrote, about the tasks of this chain."""
    if link in release.published:
        published = dict(release.published[link])
        graph = orjson.loads(published["public/task-graph.json"])
        kept = {key: entry for key, entry in graph.items() if key in tasks}
        return {**published, "public/task-graph.json": orjson.dumps(kept).decode()}
    wanted = {
        path: f"{path} of {link}"
        for task in tasks.values()
        for needed, paths in _upstream(task)
        if needed == link
        for path in paths
    }
    image = {"public/image.tar.zst": f"the image of {link}"}
    return {**wanted, **image} if "images" in tasks[link]["workerType"] else wanted


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _statement(link: str, task: Json, files: Mapping[str, Mapping[str, str]]) -> str:
    """What the worker says of a run: `public/chain-of-trust.json`."""
    image = task["payload"].get("image")
    environment = {}
    if isinstance(image, dict) and image.get("type") == "task-image":
        built = files[image["taskId"]][image["path"]]
        environment = {"imageArtifactHash": f"sha256:{sha256(built)}"}
    statement = {
        "chainOfTrustVersion": 1,
        "artifacts": {name: {"sha256": sha256(text)} for name, text in files[link].items()},
        "task": task,
        "taskId": link,
        "runId": 0,
        "workerGroup": "group",
        "workerId": "worker",
        "environment": environment,
    }
    return orjson.dumps(statement).decode()
