// Takes edges by node, gives paths and reductions. Nothing here recurses: a chain may be long.

export type Edges<N> = ReadonlyMap<N, ReadonlySet<N>>;

/** The shortest way from one node to another along `next`, with both ends; empty if there is none. */
export function shortestPath<N>(from: N, to: N, next: (node: N) => Iterable<N>): N[] {
  const cameFrom = new Map<N, N>([[from, from]]);
  const queue = [from];
  for (const node of queue) {
    if (node === to) break;
    for (const one of next(node)) {
      if (!cameFrom.has(one)) {
        cameFrom.set(one, node);
        queue.push(one);
      }
    }
  }
  if (!cameFrom.has(to)) return [];
  const way = [to];
  for (let node = to; node !== from; way.push(node)) node = cameFrom.get(node) as N;
  return way.reverse();
}

/** Fewest of the edges between which the same nodes can be reached (also where there are circles). */
export function reduced<N>(edges: Edges<N>): Map<N, Set<N>> {
  const left = new Map([...edges].map(([node, targets]) => [node, new Set(targets)]));
  for (const [node, targets] of left) {
    for (const target of [...targets]) {
      targets.delete(target);
      if (!reaches(node, target, left)) targets.add(target);
    }
  }
  return left;
}

function reaches<N>(from: N, to: N, edges: Edges<N>): boolean {
  const seen = new Set<N>([from]);
  const queue = [from];
  for (const node of queue) {
    for (const one of edges.get(node) ?? []) {
      if (one === to) return true;
      if (!seen.has(one)) {
        seen.add(one);
        queue.push(one);
      }
    }
  }
  return false;
}
