"""Documents that a desk reads: parameters, inputs, answers, artifacts, graphs, plans, templates."""

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import attrs
import orjson
import yaml

from relpro.actions.every import action_named
from relpro.graph.files import encode
from tests.actions.events import PROJECTS
from tests.actions.requests import HISTORY, NOW, PARTNERS, PROMOTE, asked
from tests.actions.small_project import (
    DECISION,
    PROMOTION,
    push_of,
    record,
    write_json,
    write_project,
)
from tests.fuzz.mutation import as_json, as_yaml, garbled, mutated, written
from tests.fuzz.running import Case, Fault, Ran, relpro, taken
from tests.parameters.test_known import RIGHT

_PHASES = ("build", "promote", "push", "ship")
#: What is a right value only together with others.
_ALONE = {"release_product", "shipping_phase", "do_not_optimize", "tasks_for", "required_signoffs"}
_DEFINITION = {
    "taskGroupId": DECISION,
    "schedulerId": "gecko-level-3",
    "projectId": "none",
    "taskQueueId": "gecko-3/decision",
    "metadata": {"name": "Decision Task", "source": "https://github.com/example/app"},
    "scopes": [
        "assume:repo:github.com/example/app:branch:main",
        "assume:repo:github.com/example/app:action:release-promotion",
        "assume:repo:github.com/example/app:action:generic",
    ],
    "dependencies": [],
    "tags": {},
}


@attrs.frozen
class Desk:
    """A small project, with the recorded artifacts of a push and of a promotion of it."""

    folder: Path
    app: Path
    recorded: Path
    answers: Path
    made: Mapping[str, str]

    @classmethod
    def of(cls, folder: Path) -> "Desk":
        """Write it all below a folder."""
        project = write_project(folder / "app")
        recorded = folder / "recorded"
        record(push_of(project), recorded)
        request = asked(project, recorded, "release-promotion", PROMOTE)
        work: Any = action_named("release-promotion", project.config).decide(request)
        record(work.pipeline, recorded)
        made = _read(recorded / DECISION / "public" / "label-to-taskid.json")
        ids = (DECISION, PROMOTION, *made.values())
        state = {"state": "completed", "expires": "2030-01-01T00:00:00.000Z", "runs": []}
        group = {"taskGroupId": DECISION, "schedulerId": "gecko-level-3"}
        statuses = {one: {"taskId": one, **group, **state} for one in ids}
        write_json(recorded / "statuses.json", statuses)
        write_json(recorded / "definitions.json", dict.fromkeys(ids, _DEFINITION))
        path = f"gecko.v2.main.revision.{'a' * 40}.taskgraph.decision"
        write_json(recorded / "index.json", {path: DECISION})
        answers = {"release_history": HISTORY, "release_partner_config": PARTNERS}
        return cls(
            folder, project.root, recorded, write_json(folder / "answers.json", answers), made
        )

    @property
    def parameters(self) -> dict[str, Any]:
        """Parameters of the push, each with a value as deep as it goes."""
        path = self.recorded / DECISION / "public" / "parameters.yml"
        deep = {name: value for name, value in RIGHT.items() if name not in _ALONE}
        return {**yaml.load(path.read_bytes(), yaml.CSafeLoader), **deep}

    def file(self, name: str, content: bytes) -> str:
        """The path of a file with that content."""
        path = self.folder / name
        path.write_bytes(content)
        return str(path)

    def action(self, name: str, *words: str, **environment: str) -> Ran:
        """What an action comes to, on this desk."""
        root, recorded, answers = map(str, (self.app, self.recorded, self.answers))
        return relpro(
            *("action", name, "--root", root, "--dry-run", "--artifacts", recorded),
            *("--answers", answers, "--group", DECISION, "--now", NOW.isoformat(), *words),
            **environment,
        )


def _read(path: Path) -> Any:
    return orjson.loads(path.read_bytes())


def parameters(folder: Path) -> Case:
    """A file of parameters; what is accepted makes a graph."""
    desk = Desk.of(folder)
    right = desk.parameters
    taken(relpro("graph", "-r", str(desk.app), "-p", desk.file("p.yml", as_yaml(right))))

    def case(rng: Random) -> Fault:
        is_json = rng.random() < 0.3
        file = desk.file(f"p.{'json' if is_json else 'yml'}", written(right, rng, is_json=is_json))
        words = ["--phase", rng.choice(_PHASES)] if rng.random() < 0.8 else []
        ran = relpro("graph", "-r", str(desk.app), "-p", file, "--format", "json", *words)
        return ran.fault

    return case


#: Action -> a right input, and whether it is asked of a task.
_INPUTS: Mapping[str, tuple[Any, bool]] = {
    "release-promotion": (
        {
            **PROMOTE,
            "revision": "a" * 40,
            "release_enable_partner_repack": True,
            "release_partner_config": PARTNERS,
            "release_partners": ["one"],
            "signoff_urls": {},
            "rebuild_kinds": ["publish"],
            "do_not_optimize": ["publish-linux64"],
            "release_eta": "2020-09-20T00:00:00Z",
            "required_signoffs": [],
            "plan_digest": "",
            "again": False,
        },
        False,
    ),
    "add-new-tasks": ({"tasks": ["publish-linux64"]}, False),
    "retrigger-disabled": ({"downstream": True, "force": True}, True),
    "rerun": ({"force": True}, True),
    "rebuild-cached-tasks": (None, False),
    "cancel-all": (None, False),
    "cancel": (None, True),
}


def inputs(folder: Path) -> Case:
    """The input of an action, in a file or in the environment."""
    desk = Desk.of(folder)
    tasks = tuple(desk.made.values())
    asks = desk.file("input.yml", as_yaml(_INPUTS["release-promotion"][0]))
    taken(desk.action("release-promotion", "--input", asks))

    def case(rng: Random) -> Fault:
        name = "release-promotion" if rng.random() < 0.7 else rng.choice(tuple(_INPUTS))
        right, of_task = _INPUTS[name]
        words = ["--task", rng.choice(tasks)] if of_task else []
        if rng.random() < 0.3:
            said = written({"x": right}, rng, is_json=True).partition(b":")[2].strip()[:-1]
            text = said.replace(b"\0", b" ").decode("utf-8", "surrogateescape")
            return desk.action(name, *words, ACTION_INPUT=text).fault
        file = desk.file("input.yml", written(right or {"x": 1}, rng, is_json=False))
        return desk.action(name, "--input", file, *words).fault

    return case


def answers(folder: Path) -> Case:
    """Recorded answers to look-ups, in one file or one for each."""
    desk = Desk.of(folder)
    right = _read(desk.answers)
    given = {**_INPUTS["release-promotion"][0]}
    del given["release_partner_config"], given["release_partners"]
    asks = desk.file("input.json", orjson.dumps(given))
    taken(desk.action("release-promotion", "--input", asks))

    def case(rng: Random) -> Fault:
        is_json = rng.random() < 0.5
        if rng.random() < 0.2:
            name = rng.choice(tuple(right))
            (desk.folder / "several").mkdir(exist_ok=True)
            for one, value in right.items():
                content = written(value, rng, is_json=True) if one == name else encode(value)
                (desk.folder / "several" / f"{one}.json").write_bytes(content)
            file = str(desk.folder / "several")
        else:
            name = f"a.{'json' if is_json else 'yml'}"
            file = desk.file(name, written(right, rng, is_json=is_json))
        return desk.action("release-promotion", "--input", asks, "--answers", file).fault

    return case


#: What an action is told of the revision that it was fired from.
_HEAD = {
    "GECKO_HEAD_REV": "a" * 40,
    "GECKO_PROJECT": "main",
    "GECKO_HEAD_REPOSITORY": "https://github.com/example/app",
    "GECKO_LEVEL": "3",
}


def artifacts(folder: Path) -> Case:
    """What earlier graphs published, and what a queue is recorded to have said of their tasks."""
    desk = Desk.of(folder)
    promotion = {**PROMOTE, "release_promotion_flavor": "push_app"}
    del promotion["previous_graph_ids"]
    files = (
        *(desk.recorded / f"{name}.json" for name in ("statuses", "definitions", "index")),
        *(
            desk.recorded / graph / "public" / name
            for graph in (DECISION, PROMOTION)
            for name in ("parameters.yml", "full-task-graph.json", "label-to-taskid.json")
        ),
    )
    ids = [DECISION, PROMOTION]
    with_graphs = desk.file("push.json", orjson.dumps({**promotion, "previous_graph_ids": ids}))
    without = desk.file(
        "promote.json",
        orjson.dumps({**PROMOTE, "previous_graph_ids": [], "revision": "a" * 40}),
    )
    tasks = tuple(desk.made.values())
    taken(desk.action("release-promotion", "--input", without, **_HEAD))
    taken(desk.action("release-promotion", "--input", with_graphs))

    def case(rng: Random) -> Fault:
        path = rng.choice(files)
        right = path.read_bytes()
        is_json = path.suffix == ".json"
        document = orjson.loads(right) if is_json else yaml.load(right, yaml.CSafeLoader)
        path.write_bytes(written(document, rng, is_json=is_json))
        try:
            match rng.randrange(5):
                case 0:
                    return desk.action("release-promotion", "--input", without, **_HEAD).fault
                case 1 | 2:
                    words = ("--task-id", PROMOTION) if rng.random() < 0.3 else ()
                    ran = desk.action("release-promotion", "--input", with_graphs, *words)
                    return ran.fault
                case 3:
                    asks = desk.file("tasks.json", b'{"tasks": ["publish-linux64"]}')
                    return desk.action("add-new-tasks", "--input", asks, **_HEAD).fault
                case _:
                    name = rng.choice(("rerun", "retrigger", "cancel", "cancel-all"))
                    words = () if name == "cancel-all" else ("--task", rng.choice(tasks))
                    return desk.action(name, *words, **_HEAD).fault
        finally:
            path.write_bytes(right)

    return case


def graphs(folder: Path) -> Case:
    """A graph file, or a folder of artifacts, that is compared with the one it was."""
    desk = Desk.of(folder)
    before = desk.recorded / PROMOTION / "public"
    after = shutil.copytree(before, desk.folder / "after")
    names = ("full-task-graph.json", "task-graph.json", "label-to-taskid.json")
    stages = ("full", "optimized", "morphed")

    def case(rng: Random) -> Fault:
        name = rng.choice(names)
        document = _read(before / name)
        changed = written(document, rng, is_json=True)
        style = rng.choice(("text", "markdown", "json", "html"))
        (after / name).write_bytes(changed)
        words: tuple[str, ...] = (str(before), str(after), "--stage", rng.choice(stages))
        if rng.random() < 0.5 and name != names[2]:
            words = (str(before / name), str(after / name))
        ran = relpro("diff", *words, "--format", style, "--exit-code")
        (after / name).write_bytes((before / name).read_bytes())
        return ran.fault

    return case


def plans(folder: Path) -> Case:
    """A saved plan, with the digests that it had or with those of its content."""
    desk = Desk.of(folder)
    given = desk.file("given.json", orjson.dumps(desk.parameters))
    saved = desk.folder / "plan.json"
    root = str(desk.app)
    taken(relpro("plan", "-r", root, "--phase", "promote", "-p", given, "-o", str(saved)))
    taken(relpro("apply", str(saved), "-r", root, "--dry-run"))
    right = _read(saved)

    def case(rng: Random) -> Fault:
        signs = rng.random() < 0.7
        document = _signed(mutated(right, rng)) if signs else None
        content = as_json(document) if signs else written(right, rng, is_json=True)
        file = desk.file("changed.json", content)
        if rng.random() < 0.2:
            return relpro("plan", file).fault
        ran = relpro("apply", file, "-r", root, "--dry-run")
        # Who signs it anew has made another plan; what follows from what is in it must still do.
        if ran.code == 0 and not signs and _parsed(content) != right:
            return f"taken, although it is another: {content[:2000]!r}"
        return ran.fault

    return case


def _parsed(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None


def _signed(plan: Any) -> Any:
    """A plan with the digests of its own content, as far as it has any."""
    if not isinstance(plan, dict):
        return plan
    inputs = plan.get("inputs")
    if isinstance(inputs, dict):
        for name in ("parameters", "tree"):
            if name in inputs and f"{name}-digest" in inputs:
                inputs[f"{name}-digest"] = _digest(inputs[name])
    return {**plan, "digest": _digest({k: v for k, v in plan.items() if k != "digest"})}


def _digest(value: Any) -> str:
    try:
        return hashlib.sha256(encode(value)).hexdigest()
    except (TypeError, ValueError):
        return "0" * 64


def templates(folder: Path) -> Case:
    """The `.taskcluster.yml` of a project, of which hooks, roles and actions.json are made."""
    desk = Desk.of(folder)
    path = desk.app / ".taskcluster.yml"
    right = path.read_bytes()
    document = yaml.load(right, yaml.CSafeLoader)
    config = desk.app / "kinds" / "config.yml"
    config.write_text(config.read_text() + PROJECTS)
    for command in ("hooks", "actions"):
        taken(relpro(command, "-r", str(desk.app)))

    def case(rng: Random) -> Fault:
        as_is = rng.random() < 0.3
        path.write_bytes(garbled(right, rng) if as_is else written(document, rng, is_json=False))
        return relpro(rng.choice(("hooks", "hooks", "actions")), "-r", str(desk.app)).fault

    return case
