import assert from "node:assert/strict";
import { test } from "node:test";
import { differences } from "../src/differences";
import type { TaskText } from "../src/document";
import { makeModel } from "../src/model";
import { makeScene } from "../src/scene";
import { matcher } from "../src/search";
import { fromHash, START, toHash, type View } from "../src/view";

function text(
  label: string,
  kind: string,
  needs: string[],
  more: Partial<TaskText> = {},
): TaskText {
  const dependencies = Object.fromEntries(needs.map((need) => [need, need]));
  const task = { provisionerId: "pool", workerType: `linux-${kind}`, scopes: [`use:${kind}`] };
  return {
    kind,
    label,
    description: "",
    attributes: {},
    dependencies,
    soft_dependencies: [],
    task,
    ...more,
  };
}

const TASKS = [
  text("build-a", "build", []),
  text("build-b", "build", [], { attributes: { shipping_phase: "build", locale: "de" } }),
  text("sign-a", "sign", ["build-a", "elsewhere"]),
  text("ship-a", "ship", ["build-a", "sign-a"], { soft_dependencies: ["build-b", "sign-a"] }),
];
const MODEL = makeModel({
  title: "test",
  phases: ["build", "promote", "push", "ship"],
  tasks: Object.fromEntries(TASKS.map((one) => [one.label, one])),
  about: {},
  sections: [],
});

test("the address of a view leads to that view", () => {
  const labels = ["plain", "a b/c#d?e&f=g", "<b>", "ü\u0000\u001b[31m", "x".repeat(5000)];
  for (const label of labels) {
    const view: View = {
      graph: 2,
      open: new Set([label, "other"]),
      kind: label,
      task: label,
      to: label,
      near: true,
      query: label,
      filters: { phase: label, locale: "de" },
    };
    assert.deepEqual(fromHash(toHash(view)), { ...view, open: new Set([label, "other"]) });
  }
  assert.deepEqual(fromHash(toHash(START)), START);
  assert.deepEqual(fromHash("#graph=many&nonsense=1"), START);
});

test("edges are those between tasks that are there, each once", () => {
  assert.equal(MODEL.edges, 4);
  assert.deepEqual(
    MODEL.byLabel.get("ship-a")?.needs.map((one) => one.label),
    ["build-a", "sign-a", "build-b"],
  );
  assert.deepEqual(
    [...(MODEL.byLabel.get("ship-a")?.soft ?? [])].map((one) => one.label),
    ["build-b"],
  );
});

test("kinds are joined by the fewest lines, and open ones by all of theirs", () => {
  const lines = (open: string[]): string[] =>
    makeScene(MODEL, { ...START, open: new Set(open) })
      .arrows.map((one) => `${one.from} > ${one.to}`)
      .sort();
  assert.deepEqual(lines([]), [
    "kind /build > kind /sign",
    "kind /sign > kind /ship",
    "kind build/build > kind /ship",
  ]);
  const all = lines([...MODEL.kinds.keys()]);
  assert.equal(all.length, MODEL.edges);
  assert.ok(all.includes("task build-a > task ship-a"));
});

test("every word of a search must be found, a word with a field in that field", () => {
  const found = (query: string): string[] =>
    MODEL.tasks.filter(matcher(query)).map((one) => one.label);
  assert.deepEqual(found("BUILD-a"), ["build-a"]);
  assert.deepEqual(found("worker:pool/linux-sign"), ["sign-a"]);
  assert.deepEqual(found("scope:use:build label:b"), ["build-a", "build-b"]);
  assert.deepEqual(found("attribute:locale=de"), ["build-b"]);
  assert.deepEqual(found("label:use"), []);
  assert.equal(found("").length, 4);
});

test("a new document tells what differs from the one before", () => {
  const changed = { ...TASKS[2], description: "other" } as TaskText;
  const added = text("new", "build", []);
  const tasks = Object.fromEntries(
    [TASKS[0], TASKS[1], changed, added].map((one) => [(one as TaskText).label, one as TaskText]),
  );
  const after = makeModel({ title: "test", phases: [], tasks, about: {}, sections: [] }, MODEL);
  assert.deepEqual(
    after.tasks.map((one) => one.news),
    ["", "", "changed", "added"],
  );
  assert.deepEqual(
    after.sections[0]?.lines.map((line) => `${line.sign} ${line.text}`),
    ["~ sign: 1 task", "+ build: 1 task", "- ship: 1 task: ship-a"],
  );
  assert.equal(after.byLabel.get("sign-a")?.old, TASKS[2]);
});

test("differences are the smallest parts, and lists are wholes", () => {
  const before = { a: { b: 1, c: [1, 2], same: { x: null } }, gone: "text" };
  const after = { a: { b: 2, c: [1, 2, 3], same: { x: null } }, come: false };
  assert.deepEqual(differences(before, after), [
    { path: "a.b", before: "1", after: "2" },
    { path: "a.c", before: "[1,2]", after: "[1,2,3]" },
    { path: "come", after: "false" },
    { path: "gone", before: "text" },
  ]);
  assert.deepEqual(differences(after, after), []);
});
