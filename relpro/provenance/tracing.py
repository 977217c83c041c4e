"""Takes statements and a file, traces it back: its sources, tasks, tests and promotions.

object/release/pub/widget/releases/1.0/widget.tar.xz
  releases (task A0, run 0)
  promoted: push, signed off by qa
  object/release/pub/widget/candidates/1.0-candidates/build1/widget.tar.xz
    candidates (task B0, run 0)
    ...
"""

from collections.abc import Iterator
from typing import Final

import attrs

from relpro.provenance.folder import Releases, stated_in
from relpro.provenance.statements import PROMOTION, PROVENANCE, TEST, Statement

#: Parts of a task's origin that explain the task, not the content of its files.
_GRAPH: Final = ("/public/task-graph.json", "/public/actions.json")


@attrs.frozen
class Line:
    """A line of the trace; `depth` is its distance from the file."""

    depth: int
    text: str


def names_of(releases: Releases, digest: str) -> tuple[str, ...]:
    """The files with a digest, except those that were made from one of them."""
    found = {
        name: said
        for name, said in stated_in(releases)
        if said.kind == PROVENANCE and said.subjects.get(name) == digest
    }
    of = {one.get("name") for said in found.values() for one in said.dependencies}
    return tuple(name for name in found if name not in of)


@attrs.frozen
class Trace:
    """Traces files through statements."""

    releases: Releases

    def lines(self, name: str) -> Iterator[Line]:
        """The lines for a file; each file occurs once."""
        yield from self._lines(name, 0, set())

    def _lines(self, name: str, depth: int, seen: set[str]) -> Iterator[Line]:
        said = self._statement(name)
        if name in seen:
            yield Line(depth, f"{name} (as above)")
            return
        seen.add(name)
        yield Line(depth, name)
        if said is None:
            yield Line(depth + 1, "nothing is stated of it")
            return
        yield Line(depth + 1, f"sha256 {said.subjects[name]}")
        yield Line(depth + 1, f"made by {_maker(said)}")
        yield from (Line(depth + 1, text) for text in self._vouched(name, said.subjects[name]))
        for dependency in said.dependencies:
            source = dependency.get("name")
            if source is None:
                yield Line(depth + 1, f"of {dependency['uri']}")
            elif not source.endswith(_GRAPH) or len(said.dependencies) == 1:
                yield from self._lines(source, depth + 1, seen)

    def _statement(self, name: str) -> Statement | None:
        found = (some[name].statement for some in self.releases.values() if name in some)
        return next((one for one in found if one is not None), None)

    def _vouched(self, name: str, digest: str) -> Iterator[str]:
        """The tests and promotions of a file."""
        for some in self.releases.values():
            for one in some.values():
                said = one.statement
                if said is None or said.subjects.get(name) != digest:
                    continue
                if said.kind == TEST:
                    yield f"tested by {', '.join(said.predicate['passedTests'])}"
                elif said.kind == PROMOTION:
                    roles = [item["role"] for item in said.predicate.get("signOffs", ())]
                    by = f", signed off by {', '.join(roles)}" if roles else ""
                    yield f"promoted: {said.predicate['release']}, {said.predicate['phase']}{by}"


def _maker(said: Statement) -> str:
    built, run = said.predicate["buildDefinition"], said.predicate["runDetails"]
    inside, pool = built["internalParameters"], run["builder"]["id"].rpartition("/")[2]
    name = built["externalParameters"]["name"]
    worker = pool.replace("%2F", "/")
    return f"{name} (task {inside['taskId']}, run {inside['runId']}, of {worker})"
