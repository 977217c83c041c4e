"""Takes the tasks of a group, gives what they are doing, and which sign-off gate holds which."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from relpro.graph.walk import pulled_in, reverse
from relpro.model.phase import PHASES

#: What to do where Taskcluster does not know an id.
CHECK_ID = "see that the id and `TASKCLUSTER_ROOT_URL` are right"

#: The states of a task, in the order in which it has them.
STATES = ("unscheduled", "pending", "running", "completed", "failed", "exception")

#: The projectId of a gate is this and the role that may force it.
_GATE = "signoff/"

# The folder of a kind is its phase, and a task's source names the file of its kind.
_SOURCE = re.compile(rf"/({'|'.join(PHASES)})/[^/]+(?:/[^/]+)?\.ya?ml$")


@attrs.frozen
class Member:
    """One task of a group; `phase` is empty where it has none."""

    task_id: str
    label: str
    kind: str
    phase: str
    role: str
    state: str
    dependencies: tuple[str, ...]

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "Member":
        """A member, from an entry of queue API listTaskGroup."""
        task, status = entry["task"], entry["status"]
        task_id, metadata = status["taskId"], task["metadata"]
        source = _SOURCE.search(metadata.get("source", ""))
        project, needs = task.get("projectId", ""), tuple(task.get("dependencies", ()))
        is_gate = project.startswith(_GATE) and task_id in needs
        role = project.removeprefix(_GATE) if is_gate else ""
        tags = task.get("tags", {})
        label = tags.get("label") or metadata["name"]
        return cls(
            task_id=task_id,
            label=label,
            kind=tags.get("kind", ""),
            phase=_phase_of_gate(label, role) or (source[1] if source else ""),
            role=role,
            state=status["state"],
            dependencies=needs,
        )


def _phase_of_gate(label: str, role: str) -> str:
    """The phase that a gate holds: one kind has those of all phases, and names end in it and role.

    Empty for what is no gate, or is called otherwise.
    """
    before = label.removesuffix(f"-{role}") if role else ""
    return next((phase for phase in PHASES if before.endswith(f"-{phase}")), "")


@attrs.frozen
class Gate:
    """A task that waits until somebody with a role signs off.

    `held` are the labels of the tasks of the group that cannot start before, in the group's order.
    """

    task_id: str
    label: str
    role: str
    state: str
    held: tuple[str, ...]

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has signed off yet."""
        return self.state == "unscheduled"


@attrs.frozen
class Group:
    """The tasks of a group, in the order in which they were created."""

    group_id: str
    members: tuple[Member, ...]

    @classmethod
    def of(cls, group_id: str, entries: Iterable[Mapping[str, Any]]) -> "Group":
        """A group, from the entries of queue API listTaskGroup."""
        return cls(group_id, tuple(map(Member.of, entries)))

    def with_statuses(self, statuses: Mapping[str, Mapping[str, Any]]) -> "Group":
        """The group as it is later, by task id -> status."""

        def later(member: Member) -> Member:
            status = statuses.get(member.task_id)
            return attrs.evolve(member, state=status["state"]) if status else member

        return Group(self.group_id, tuple(map(later, self.members)))

    @property
    def is_active(self) -> bool:
        """Whether a task can still change its state by itself or by a sign-off."""
        return any(member.state in STATES[:3] for member in self.members)

    def counts(self) -> dict[tuple[str, str], Counter[str]]:
        """(phase, kind) -> state -> tasks; phases in their order, tasks without one first."""
        rank = {phase: at for at, phase in enumerate(("", *PHASES))}
        found: dict[tuple[str, str], Counter[str]] = {}
        for member in self.members:
            found.setdefault((member.phase, member.kind), Counter())[member.state] += 1
        return {key: found[key] for key in sorted(found, key=lambda key: (rank[key[0]], key[1]))}

    def gates(self) -> tuple[Gate, ...]:
        """The sign-off gates, by label."""
        return tuple(sorted(self._gates(), key=lambda gate: gate.label))

    def _gates(self) -> Iterator[Gate]:
        positions = {member.task_id: at for at, member in enumerate(self.members)}
        edges = [
            [positions[need] for need in member.dependencies if need in positions]
            for member in self.members
        ]
        needed_by = reverse(edges)
        for at, member in enumerate(self.members):
            if not member.role:
                continue
            waiting = [] if member.state == "completed" else pulled_in(needed_by, [at])
            held = tuple(
                other.label
                for one, (other, through) in enumerate(zip(self.members, waiting, strict=False))
                if through >= 0 and one != at and other.state == "unscheduled"
            )
            yield Gate(member.task_id, member.label, member.role, member.state, held)

    def to_json(self) -> dict[str, Any]:
        """Counts by phase and kind, and the gates."""
        return {
            "taskGroupId": self.group_id,
            "tasks": len(self.members),
            "kinds": [
                {"phase": phase, "kind": kind, **{state: counts[state] for state in STATES}}
                for (phase, kind), counts in self.counts().items()
            ],
            "gates": [
                {
                    "label": gate.label,
                    "taskId": gate.task_id,
                    "role": gate.role,
                    "state": gate.state,
                    "holds": len(gate.held),
                }
                for gate in self.gates()
            ],
        }
