"""Takes the tasks of a group, gives a report: failed tasks, gates, counts."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import attrs
import orjson

from relpro.model.counted import counted
from relpro.model.place import Place
from relpro.submit.failures import Failure, failures
from relpro.submit.group import STATES, Gate, Group
from relpro.submit.unwritten import NOTHING_KNOWN, Known, as_json, told


@attrs.frozen(slots=False)
class Report:
    """The report on a group of a Taskcluster at `root_url`.

    `known` are the effects of its tasks, if any failed.
    """

    group: Group
    root_url: str
    known: Known = NOTHING_KNOWN

    @cached_property
    def failed(self) -> tuple[Failure, ...]:
        """The tasks that failed by themselves."""
        return failures(self.group)

    def failed_lines(self, most: int | None = None) -> Iterator[str]:
        """A few lines for each task that failed, at most `most` of them."""
        shown = self.failed if most is None else self.failed[:most]
        for failure in shown:
            yield from self._lines(failure)
        if left := len(self.failed) - len(shown):
            yield f"{left} more failed: `--failed` tells all"
        if self.failed and self.known.lacking:
            yield f"which places are not written is not known: {self.known.lacking}"

    def _lines(self, failure: Failure) -> Iterator[str]:
        member, remedy = failure.member, failure.remedy
        reason = f", {member.reason}" if member.reason not in {"", member.state} else ""
        run = f", run {member.run}" if member.is_started else ", never started"
        yield f"{member.state} {member.label} ({member.task_id}{run}{reason})"
        if log := failure.log(self.root_url):
            yield f"  log: {log}"
        yield f"  blocks: {counted(len(failure.blocked))}"
        if places := self._unwritten(failure):
            yield f"  not written: {'; '.join(told(places))}"
        yield f"  to do: {remedy.words}"
        if remedy.action:
            yield f"  action: {remedy.action} {orjson.dumps(remedy.input).decode()}"

    def _unwritten(self, failure: Failure) -> tuple[Place, ...]:
        return self.known.unwritten((failure.member.label, *failure.blocked))

    def gate_lines(self) -> Iterator[str]:
        """A line for each gate, by label."""
        for gate in self.group.gates():
            yield f"gate {gate.label}: {_told(gate)}"

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Phase, kind and the number of tasks in each state; the last row has the totals."""
        for (phase, kind), counts in self.group.counts().items():
            yield phase or "-", kind or "-", *(str(counts[state] or ".") for state in STATES)
        states = [member.state for member in self.group.members]
        yield "", "total", *(str(states.count(state)) for state in STATES)

    def failed_json(self) -> dict[str, object]:
        """The failed tasks, with the labels that each blocks, and the unwritten places."""
        return {
            "taskGroupId": self.group.group_id,
            "unwrittenNotKnown": self.known.lacking or None,
            "failed": [self._json(failure) for failure in self.failed],
        }

    def _json(self, failure: Failure) -> dict[str, Any]:
        member, remedy = failure.member, failure.remedy
        return {
            "label": member.label,
            "taskId": member.task_id,
            "state": member.state,
            "reason": member.reason,
            "run": member.run,
            "log": failure.log(self.root_url) or None,
            "blocks": failure.blocked,
            "unwritten": as_json(self._unwritten(failure)),
            "remedy": {
                "words": remedy.words,
                "action": remedy.action or None,
                "input": remedy.input,
            },
        }

    def to_json(self) -> dict[str, Any]:
        """The failed tasks, the gates, and counts by phase and kind."""
        return {
            **self.failed_json(),
            "gates": [
                {
                    "label": gate.label,
                    "taskId": gate.task_id,
                    "role": gate.role,
                    "state": gate.state,
                    "holds": len(gate.held),
                }
                for gate in self.group.gates()
            ],
            "tasks": len(self.group.members),
            "kinds": [
                {"phase": phase, "kind": kind, **{state: counts[state] for state in STATES}}
                for (phase, kind), counts in self.group.counts().items()
            ],
        }


def _told(gate: Gate) -> str:
    if gate.is_waiting:
        return f"waits for {gate.role}, holds {counted(len(gate.held))}"
    return f"{gate.role} has signed off" if gate.state == "completed" else f"is {gate.state}"
