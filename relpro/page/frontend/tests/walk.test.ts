import assert from "node:assert/strict";
import { test } from "node:test";
import { reduced, shortestPath } from "../src/walk";

type Graph = Map<number, Set<number>>;

/** Numbers that look random and are the same every time (Lehmer's generator). */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) yield (state = (state * 48271) % 2147483647);
}

function graph(seed: number, size: number, circles: boolean): Graph {
  const next = numbers(seed);
  const edges: Graph = new Map();
  for (let one = 0; one < size; one++) {
    edges.set(one, new Set());
    for (let count = next.next().value % 4; count > 0; count--) {
      const other = circles ? next.next().value % size : one + 1 + (next.next().value % size);
      if (other < size && other !== one) edges.get(one)?.add(other);
    }
  }
  return edges;
}

function closure(edges: Graph): Set<string> {
  const found = new Set<string>();
  for (const start of edges.keys()) {
    const queue = [start];
    for (const node of queue) {
      for (const next of edges.get(node) ?? []) {
        if (found.has(`${start} ${next}`)) continue;
        found.add(`${start} ${next}`);
        queue.push(next);
      }
    }
  }
  return found;
}

function count(edges: Graph): number {
  return [...edges.values()].reduce((sum, targets) => sum + targets.size, 0);
}

test("a reduction reaches what its graph reaches, and no edge of it can be left out", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const whole = graph(seed, 4 + (seed % 12), seed % 2 === 0);
    const fewest = reduced(whole);
    assert.deepEqual(closure(fewest), closure(whole));
    for (const [node, targets] of fewest) {
      for (const target of [...targets]) {
        targets.delete(target);
        assert.notDeepEqual(
          closure(fewest),
          closure(whole),
          `${node} -> ${target} of graph ${seed}`,
        );
        targets.add(target);
      }
    }
    assert.ok(count(fewest) <= count(whole));
  }
});

test("a path is made of edges, is the shortest, and there is one where there can be", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const edges = graph(seed, 10, seed % 2 === 0);
    const next = (node: number): Iterable<number> => edges.get(node) ?? [];
    const all = closure(edges);
    for (let from = 0; from < 10; from++) {
      for (let to = 0; to < 10; to++) {
        const way = shortestPath(from, to, next);
        if (from === to) assert.deepEqual(way, [from]);
        else assert.equal(way.length > 0, all.has(`${from} ${to}`));
        way.slice(1).forEach((node, at) => assert.ok(edges.get(way[at] as number)?.has(node)));
        if (way.length) assert.equal(way.length - 1, distance(edges, from, to));
      }
    }
  }
});

function distance(edges: Graph, from: number, to: number): number {
  let level = new Set([from]);
  for (let steps = 0; steps <= edges.size; steps++) {
    if (level.has(to)) return steps;
    level = new Set([...level].flatMap((node) => [...(edges.get(node) ?? [])]));
  }
  return Number.POSITIVE_INFINITY;
}

test("a chain of fifty thousand is no trouble", () => {
  const next = (node: number): number[] => (node < 50_000 ? [node + 1] : []);
  assert.equal(shortestPath(0, 50_000, next).length, 50_001);
});
