"""Takes the tasks of a group, gives their states, and which sign-off gate holds back which."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from relpro.graph.walk import pulled_in, reverse
from relpro.model.phase import PHASES

#: The remedy for an id that Taskcluster does not know.
CHECK_ID = "see that the id and `TASKCLUSTER_ROOT_URL` are right"

#: The states of a task, in their order.
STATES = ("unscheduled", "pending", "running", "completed", "failed", "exception")

#: States of a task that ended without success.
FAILED = frozenset(STATES[4:])

#: The projectId of a gate is this and the role that may schedule it.
GATE = "signoff/"

# The folder of a kind is its phase, and a task's source URL contains the file of its kind.
_SOURCE = re.compile(rf"/({'|'.join(PHASES)})/[^/]+(?:/[^/]+)?\.ya?ml$")


@attrs.frozen
class Member:
    """One task of a group; `phase` is empty if it has none.

    `run` is the number of its last run, -1 before the first; `is_started` says whether a worker
    claimed that run, `reason` why it ended. `needs_success` is false for a task that starts even if
    its dependencies failed. `is_harmless` says that it may be run twice (its tag `retrigger`).
    `deadline` has the queue's format.
    """

    task_id: str
    label: str
    kind: str
    phase: str
    role: str
    state: str
    dependencies: tuple[str, ...]
    needs_success: bool
    is_harmless: bool
    deadline: str
    run: int = -1
    reason: str = ""
    is_started: bool = False

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "Member":
        """A member, from an entry of queue API listTaskGroup."""
        task, status = entry["task"], entry["status"]
        task_id, metadata = status["taskId"], task["metadata"]
        source = _SOURCE.search(metadata.get("source", ""))
        project, needs = task.get("projectId", ""), tuple(task.get("dependencies", ()))
        is_gate = project.startswith(GATE) and task_id in needs
        role = project.removeprefix(GATE) if is_gate else ""
        tags = task.get("tags", {})
        label = tags.get("label") or metadata["name"]
        member = cls(
            task_id=task_id,
            label=label,
            kind=tags.get("kind", ""),
            phase=_phase_of_gate(label, role) or (source[1] if source else ""),
            role=role,
            state=status["state"],
            dependencies=needs,
            needs_success=task.get("requires") != "all-resolved",
            is_harmless=tags.get("retrigger") == "true",
            deadline=status["deadline"],
        )
        return member.with_status(status)

    def with_status(self, status: Mapping[str, Any]) -> "Member":
        """The task with a later status."""
        last: Mapping[str, Any] = (status.get("runs") or [{}])[-1]
        return attrs.evolve(
            self,
            state=status["state"],
            run=last.get("runId", -1),
            reason=last.get("reasonResolved", ""),
            is_started="started" in last,
        )

    @property
    def is_failed(self) -> bool:
        """Whether it ended without success."""
        return self.state in FAILED


def _phase_of_gate(label: str, role: str) -> str:
    """The phase of a gate: one kind has the gates of all phases; names end in phase and role.

    Empty for tasks that are no gates, or have other names.
    """
    before = label.removesuffix(f"-{role}") if role else ""
    return next((phase for phase in PHASES if before.endswith(f"-{phase}")), "")


@attrs.frozen
class Gate:
    """A task that waits until somebody with a role signs off.

    `held` are the labels of the group's tasks that cannot start before, in the group's order.
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

    def with_statuses(self, statuses: Mapping[str, Mapping[str, object]]) -> "Group":
        """The group with later statuses, by task id."""

        def later(member: Member) -> Member:
            status = statuses.get(member.task_id)
            return member.with_status(status) if status else member

        return Group(self.group_id, tuple(map(later, self.members)))

    @property
    def is_active(self) -> bool:
        """Whether a task can still change its state by itself or by a sign-off."""
        return any(member.state in STATES[:3] for member in self.members)

    @property
    def is_failed(self) -> bool:
        """Whether a task ended without success."""
        return any(member.is_failed for member in self.members)

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

    def needed_by(self) -> list[list[int]]:
        """For each member the positions of its dependents; a gate depends on itself."""
        positions = {member.task_id: at for at, member in enumerate(self.members)}
        edges = [
            [positions[need] for need in member.dependencies if need in positions]
            for member in self.members
        ]
        return reverse(edges)

    def _gates(self) -> Iterator[Gate]:
        needed_by = self.needed_by()
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
