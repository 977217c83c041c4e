"""Takes the edges of a graph as positions, gives orders, closures and circles.

`edges[n]` are the positions of the dependencies of node `n`. Nothing here is recursive, since a
chain may be as long as the graph.
"""

import heapq
from collections.abc import Iterable, Sequence

Edges = Sequence[Sequence[int]]

#: The most circles that are reported.
CIRCLES = 20


def reverse(edges: Edges) -> list[list[int]]:
    """For each node the nodes that depend on it, in ascending order."""
    needed_by: list[list[int]] = [[] for _ in edges]
    for node, needs in enumerate(edges):
        for need in needs:
            needed_by[need].append(node)
    return needed_by


def order(edges: Edges, needed_by: Edges | None = None) -> list[int]:
    """Every node after its dependencies, otherwise by position (Kahn's algorithm).

    `needed_by` is `reverse(edges)`, if the caller has it. Nodes of a circle, and those that depend
    on them, are left out: the result is then shorter than `edges`.
    """
    if all(need < node for node, needs in enumerate(edges) for need in needs):
        return list(range(len(edges)))
    dependents = needed_by if needed_by is not None else reverse(edges)
    waiting = [len(needs) for needs in edges]
    ready = [node for node, count in enumerate(waiting) if not count]
    result = []
    while ready:
        node = heapq.heappop(ready)
        result.append(node)
        for dependent in dependents[node]:
            waiting[dependent] -= 1
            if not waiting[dependent]:
                heapq.heappush(ready, dependent)
    return result


def pulled_in(edges: Edges, roots: Iterable[int]) -> list[int]:
    """For each node, the node from which it is reached from `roots` on a shortest path.

    A root is reached from itself; -1 marks nodes that are not reached.
    """
    through = [-1] * len(edges)
    reached = []
    for root in roots:
        if through[root] < 0:
            through[root] = root
            reached.append(root)
    for node in reached:  # grows during the loop
        for need in edges[node]:
            if through[need] < 0:
                through[need] = node
                reached.append(need)
    return through


def circles(edges: Edges, rank: Sequence[int]) -> list[list[int]]:
    """Circles such that breaking one edge of each leaves none; at most `CIRCLES`.

    Each starts at its node of the lowest `rank`; each node is followed by one of its dependencies.
    """
    open_edges = [list(needs) for needs in edges]
    found: list[list[int]] = []
    while len(found) < CIRCLES and (left := _unordered(open_edges)):
        for circle in _one_each(open_edges, left):
            open_edges[circle[-1]].remove(circle[0])
            start = circle.index(min(circle, key=rank.__getitem__))
            found.append(circle[start:] + circle[:start])
    return sorted(found[:CIRCLES], key=lambda circle: [rank[node] for node in circle])


def _unordered(edges: Edges) -> list[int]:
    ordered = set(order(edges))
    return [node for node in range(len(edges)) if node not in ordered]


def _one_each(edges: Edges, left: Sequence[int]) -> list[list[int]]:
    """Disjoint circles.

    Every node of `left` has a dependency in `left`, so each path ends in one.
    """
    inside = frozenset(left)
    following = {node: next(need for need in edges[node] if need in inside) for node in left}
    walked_from: dict[int, int] = {}
    found = []
    for start in left:
        node, way = start, []
        while node not in walked_from:
            walked_from[node] = start
            way.append(node)
            node = following[node]
        if walked_from[node] == start:
            found.append(way[way.index(node) :])
    return found
