"""Takes the tasks of a group, gives the failed ones, what each blocks, and what to do."""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from relpro.graph.walk import pulled_in
from relpro.submit.group import Group, Member

#: The log of every worker: docker-worker, generic-worker and scriptworker by default.
_LOG = "public/logs/live_backing.log"


@attrs.frozen
class Remedy:
    """What to do: the action to trigger and its input; empty if `words` say everything."""

    words: str
    action: str = ""
    input: Mapping[str, Any] = attrs.field(factory=dict)


@attrs.frozen
class Failure:
    """A task that failed by itself; `blocked` are the labels that cannot run because of it."""

    member: Member
    blocked: tuple[str, ...]

    @property
    def remedy(self) -> Remedy:
        """What to do about it."""
        member = self.member
        if member.role:
            return Remedy("ask again for what stands behind it: nobody can sign off any more")
        if member.reason == "malformed-payload":
            return Remedy(f"mend kind `{member.kind}`, and promote again over the same builds")
        if member.reason != "deadline-exceeded":
            return Remedy(f"rerun it, until {member.deadline}", "rerun")
        words = "make it anew: a task cannot be rerun after its deadline"
        if member.is_harmless:
            return Remedy(words, "retrigger", {"downstream": True})
        return Remedy(words, "retrigger-disabled", {"downstream": True, "force": True})

    def log(self, root_url: str) -> str:
        """The URL of the log of its last run; empty if no worker ever ran it."""
        member = self.member
        if not member.is_started:
            return ""
        run = f"{root_url}/api/queue/v1/task/{member.task_id}/runs/{member.run}"
        return f"{run}/artifacts/{_LOG}"


def failures(group: Group) -> tuple[Failure, ...]:
    """The failed tasks: those that block most first, then by label.

    A task that never started because another one failed is blocked by that one, whether it still
    waits, has reached its deadline or was cancelled.
    """

    def rank(failure: Failure) -> tuple[int, str]:
        return -len(failure.blocked), failure.member.label

    return tuple(sorted(_failures(group), key=rank))


def _failures(group: Group) -> Iterator[Failure]:
    members = group.members
    needed_by = [
        [by for by in dependents if by != at and members[by].needs_success]
        for at, dependents in enumerate(group.needed_by())
    ]
    failed = [at for at, member in enumerate(members) if member.is_failed]
    behind = pulled_in(needed_by, (by for at in failed for by in needed_by[at]))
    for at in failed:
        if members[at].is_started or behind[at] < 0:
            through = pulled_in(needed_by, [at])
            blocked = tuple(
                member.label
                for one, member in enumerate(members)
                if through[one] >= 0 and one != at and _has_not_run(member)
            )
            yield Failure(members[at], blocked)


def _has_not_run(member: Member) -> bool:
    return member.state == "unscheduled" or (member.is_failed and not member.is_started)
