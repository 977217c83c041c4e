"""A release that is run from push to ship, and what must hold of its task groups."""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import orjson

from relpro.graph.files import encode
from relpro.submit.dates import Dates, base_of
from tests.acceptance.ci import Ci

#: The phases that people ask for, in their order.
PROMOTIONS = ("promote", "push", "ship")


@attrs.frozen
class Phases:
    """The task groups of one release, oldest first: phase -> id of the task that made it."""

    ci: Ci
    groups: Mapping[str, str]

    def made(self, phase: str) -> dict[str, dict[str, Any]]:
        """Task id -> definition of what a phase created."""
        group = self.groups[phase]
        tasks = self.ci.service.tasks(group)
        return {
            key: task
            for key, task in tasks.items()
            if key != group and task["tags"].get("kind") != "action-callback"
        }

    def labels(self, phase: str) -> set[str]:
        """The labels of what a phase created."""
        return {task["metadata"]["name"] for task in self.made(phase).values()}

    def label_to_taskid(self, phase: str) -> dict[str, str]:
        """Label -> task id of all that a phase created or reused, as it published it."""
        found: dict[str, str] = self.ci.json(self.groups[phase], "label-to-taskid.json")
        return found

    def earlier(self, phase: str) -> Iterator[str]:
        """The phases before this one."""
        for one in self.groups:
            if one == phase:
                return
            yield one


def dated(said: dict[str, Any], created: str) -> dict[str, Any]:
    """A published body whose relative dates are those of the task that was created of it."""
    body = Dates(base_of(said, created)).resolve(encode(said))
    found: dict[str, Any] = orjson.loads(body)
    return found


def check_groups(phases: Phases) -> None:
    """Every task is in the group of the task that made it, and is what that task published."""
    for phase, group in phases.groups.items():
        made = phases.made(phase)
        published = phases.ci.json(group, "task-graph.json")
        assert made
        assert made.keys() == published.keys()
        for key, task in made.items():
            assert task["taskGroupId"] == group
            assert task["extra"]["parent"] == group
            said = dated(published[key]["task"], task["created"])
            fields = ("payload", "scopes", "routes", "extra", "metadata", "tags")
            assert [task[name] for name in fields] == [said.get(name, []) for name in fields]
            assert sorted(task["dependencies"]) == sorted(said["dependencies"])


def check_reuse(phases: Phases) -> None:
    """No label is made twice, and every phase stands on tasks that earlier ones made."""
    seen: dict[str, str] = {}
    for phase, group in phases.groups.items():
        made = phases.made(phase)
        labels = {task["metadata"]["name"]: key for key, task in made.items()}
        assert len(labels) == len(made)
        assert labels.keys() & seen.keys() == set()
        needed = {one for task in made.values() for one in task["dependencies"]} - made.keys()
        assert needed <= {group, *seen.values()}
        assert bool(needed - {group}) == bool(seen)
        known = phases.label_to_taskid(phase)
        assert {label: known[label] for label in labels} == labels
        reused = known.keys() - labels.keys()
        assert {label: known[label] for label in reused} == {label: seen[label] for label in reused}
        seen |= labels


def check_index(phases: Phases) -> None:
    """What is routed to the index is found there, once it has completed."""
    routed: dict[str, set[str]] = {}
    for phase in phases.groups:
        for key, task in phases.made(phase).items():
            for route in task["routes"]:
                if route.startswith("index."):
                    routed.setdefault(route.removeprefix("index."), set()).add(key)
    assert routed
    for path, tasks in routed.items():
        entry = phases.ci.service.indexed(path)
        assert entry is not None, path
        assert entry["taskId"] in tasks
