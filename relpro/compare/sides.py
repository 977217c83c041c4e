"""Takes the names of two sides and the requests, gives pairs of graphs."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import attrs

from relpro.compare.artifacts import (
    Artifacts,
    holds_artifacts,
    offline_labels,
    read_artifacts,
    read_graph,
    without_ids,
)
from relpro.compare.generation import Generation, Request, Tree
from relpro.compare.interruption import stopped_by_signals
from relpro.compare.revision import find_revision, toplevel
from relpro.compare.workplace import workplace, worktree
from relpro.errors import Diagnostic, RelproError
from relpro.graph.difference.difference import Difference, diff
from relpro.graph.taskgraph import TaskGraph
from relpro.project import Project


@attrs.frozen
class Revision:
    """A commit of the project's repository."""

    commit: str
    name: str


@attrs.frozen
class Written:
    """A graph file, or a folder of decision artifacts."""

    path: Path

    def read(self, stage: str) -> Artifacts:
        """Its graph. Raises `RelproError` (Q711, G308)."""
        if self.path.is_dir():
            return read_artifacts(self.path, stage)
        return read_graph(self.path)


Side = Tree | Revision | Written


@attrs.frozen
class Compared:
    """The result of a request: the graph of the second side, and its difference to the first.

    `doubts` are the warnings of the second side.
    """

    request: Request
    after: TaskGraph = attrs.field(repr=False)
    difference: Difference
    doubts: str = ""


def find_side(word: str, root: Path) -> Side:
    """The side that `word` names: a file, a folder, or a revision of the repository at `root`.

    Raises `RelproError` (Q711) if it is none of these.
    """
    path = Path(word)
    if path.is_file():
        return Written(path)
    if path.is_dir() and holds_artifacts(path):
        return Written(path)
    if path.is_dir() and (path / "kinds" / "config.yml").is_file():
        return working_tree(path, word)
    if commit := find_revision(root, word):
        return Revision(commit, f"`{word}`")
    remedy = "name a commit, a graph file, a folder of decision artifacts or another checkout"
    what = f"`{word}` cannot be compared"
    raise RelproError(Diagnostic("Q711", what, remedy=remedy))


def working_tree(folder: Path, name: str = "the working tree") -> Tree:
    """The tree of the project at `folder` or above it, as on disk."""
    root = Project.find(folder).root
    return Tree(root, toplevel(root) or root, name)


def compare(
    before: Side, after: Side, requests: Sequence[Request], root: Path
) -> Iterator[Compared]:
    """The difference between both sides for each request, in order.

    Both sides of a request are generated at the same time. Raises `RelproError` if a side cannot be
    generated or read.
    """
    with ExitStack() as stack:
        stack.enter_context(stopped_by_signals())
        comparison = _Comparison(stack, stack.enter_context(workplace()), root)
        for place, request in enumerate(requests):
            (first, second), doubts = comparison.graphs((before, after), request, place)
            yield Compared(request, second, diff(first, second), doubts)


def graphs_of(side: Tree | Revision, requests: Sequence[Request], root: Path) -> list[TaskGraph]:
    """The graph of one side for each request. Raises `RelproError` like `compare`."""
    with ExitStack() as stack:
        stack.enter_context(stopped_by_signals())
        comparison = _Comparison(stack, stack.enter_context(workplace()), root)
        return [comparison.graph(side, request, place) for place, request in enumerate(requests)]


@attrs.frozen
class _Comparison:
    """Resources that are released when a comparison ends: worktrees, processes, files."""

    stack: ExitStack
    folder: Path
    root: Path
    trees: dict[str, Tree] = attrs.field(factory=dict, init=False)

    def graph(self, side: Tree | Revision, request: Request, place: int) -> TaskGraph:
        """The graph of one side."""
        running = Generation.start(self.tree(side), request, self.folder / str(place))
        self.stack.callback(running.stop)
        return running.graph()

    def graphs(
        self, sides: Iterable[Side], request: Request, place: int
    ) -> tuple[list[TaskGraph], str]:
        """Both graphs, and the warnings of the second side."""
        running: dict[int, Generation] = {}
        both = tuple(sides)
        # The working tree starts first, as it needs no checkout.
        for at in sorted(range(len(both)), key=lambda at: isinstance(both[at], Revision)):
            side = both[at]
            if not isinstance(side, Written):
                where = self.folder / f"{place}-{at}"
                running[at] = Generation.start(self.tree(side), request, where)
                self.stack.callback(running[at].stop)
        read = {at: s.read(request.stage) for at, s in enumerate(both) if isinstance(s, Written)}
        made = [running[at].graph() if at in running else read[at].graph for at in (0, 1)]
        doubts = running[1].doubts if 1 in running else ""
        if not any(artifacts.labels for artifacts in read.values()):
            return made, doubts
        recorded = {one: label for label, one in request.existing_tasks.items()}
        labels = [
            read[at].labels if at in read else {**offline_labels(made[at]), **recorded}
            for at in (0, 1)
        ]
        named = [without_ids(graph, names) for graph, names in zip(made, labels, strict=True)]
        return named, doubts

    def tree(self, side: Tree | Revision) -> Tree:
        """The tree of a side; a revision is checked out when it is first used."""
        if isinstance(side, Tree):
            return side
        if side.commit not in self.trees:
            top = toplevel(self.root) or self.root
            checkout = self.stack.enter_context(worktree(self.root, side.commit, self.folder))
            inside = self.root.resolve().relative_to(top.resolve())
            self.trees[side.commit] = Tree(checkout / inside, checkout, side.name)
        return self.trees[side.commit]
