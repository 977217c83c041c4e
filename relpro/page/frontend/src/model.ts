// Takes a graph of the document, gives its tasks and kinds with what the page asks of them.

import type { About, GraphText, Line, Section, TaskText } from "./document";

/** Tasks that are not there any more are named, up to as many. */
const NAMED = 20;

export interface Task {
  at: number;
  label: string;
  /** The box that it is in. */
  kind: Kind;
  phase: string;
  product: string;
  platform: string;
  locales: string[];
  /** created, reused, dropped, added, removed, changed; empty where nothing is known of it. */
  fate: string;
  /** What became of it since the page was opened: added, changed, or nothing. */
  news: string;
  /** The task as it was before the last save, where it is another now. */
  old?: TaskText;
  worker: string;
  scopes: string[];
  text: TaskText;
  about: About;
  needs: Task[];
  neededBy: Task[];
  /** Those of `needs` for which it waits only if they are there. */
  soft: Set<Task>;
}

/** The tasks of a kind that belong to one phase: a box of the map. */
export interface Kind {
  id: string;
  name: string;
  phase: string;
  tasks: Task[];
}

export interface Model {
  title: string;
  phases: string[];
  tasks: Task[];
  byLabel: Map<string, Task>;
  kinds: Map<string, Kind>;
  sections: Section[];
  edges: number;
}

/** Fates in the order in which they are told, with their words. */
export const FATES: Record<string, string> = {
  created: "created",
  added: "added",
  removed: "removed",
  changed: "changed",
  same: "unchanged",
  reused: "reused",
  dropped: "dropped",
};

export function makeModel(graph: GraphText, before?: Model): Model {
  const kinds = new Map<string, Kind>();
  const tasks = Object.values(graph.tasks).map((text, at) =>
    makeTask(text, graph.about[text.label] ?? {}, at, kinds),
  );
  const byLabel = new Map(tasks.map((task) => [task.label, task]));
  let edges = 0;
  for (const task of tasks) edges += link(task, byLabel);
  const sections = before ? [markNews(tasks, before), ...graph.sections] : graph.sections;
  const phases = ["", ...graph.phases].filter((phase) => tasks.some((one) => one.phase === phase));
  return { title: graph.title, phases, tasks, byLabel, kinds, sections, edges };
}

function makeTask(text: TaskText, about: About, at: number, kinds: Map<string, Kind>): Task {
  const attributes = text.attributes;
  const phase = word(attributes["shipping_phase"]);
  const id = `${phase}/${text.kind}`;
  let kind = kinds.get(id);
  if (!kind) kinds.set(id, (kind = { id, name: text.kind, phase, tasks: [] }));
  const task: Task = {
    at,
    label: text.label,
    kind,
    phase,
    product: word(attributes["shipping_product"]),
    platform: word(attributes["build_platform"]),
    locales: localesOf(attributes),
    fate: about.fate ?? "",
    news: "",
    worker: `${word(text.task["provisionerId"])}/${word(text.task["workerType"])}`,
    scopes: words(text.task["scopes"]),
    text,
    about,
    needs: [],
    neededBy: [],
    soft: new Set(),
  };
  kind.tasks.push(task);
  return task;
}

function localesOf(attributes: Record<string, unknown>): string[] {
  const own = word(attributes["locale"]);
  return own ? [own] : words(attributes["chunk_locales"]);
}

/** Fill in the edges to what a task needs; gives how many there are. */
function link(task: Task, byLabel: Map<string, Task>): number {
  const hard = Object.values(task.text.dependencies);
  for (const label of new Set([...hard, ...task.text.soft_dependencies])) {
    const need = byLabel.get(label);
    if (!need) continue;
    task.needs.push(need);
    need.neededBy.push(task);
    if (!hard.includes(label)) task.soft.add(need);
  }
  return task.needs.length;
}

/** Mark what differs from the graph before, and give lines about it. */
function markNews(tasks: Task[], before: Model): Section {
  const lines = new Map<string, Line>();
  const tell = (sign: string, kind: string, label: string): void => {
    const known = lines.get(`${sign} ${kind}`);
    if (known) known.labels.push(label);
    else lines.set(`${sign} ${kind}`, { sign, text: kind, labels: [label] });
  };
  const gone = new Map(before.byLabel);
  for (const task of tasks) {
    const old = before.byLabel.get(task.label);
    gone.delete(task.label);
    if (old && isSame(old, task)) continue;
    task.news = old ? "changed" : "added";
    if (old) task.old = old.text;
    tell(old ? "~" : "+", task.kind.name, task.label);
  }
  for (const task of gone.values()) tell("-", task.kind.name, task.label);
  const told = [...lines.values()].map((line) => ({ ...line, text: toldOf(line) }));
  return { heading: "What the last save changed", lines: told };
}

function toldOf({ sign, text, labels }: Line): string {
  const which = sign === "-" ? `: ${labels.slice(0, NAMED).join(", ")}` : "";
  const more = sign === "-" && labels.length > NAMED ? " and more" : "";
  return `${text}: ${labels.length === 1 ? "1 task" : `${number(labels.length)} tasks`}${which}${more}`;
}

function isSame(old: Task, task: Task): boolean {
  return JSON.stringify([old.text, old.fate]) === JSON.stringify([task.text, task.fate]);
}

function word(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function words(value: unknown): string[] {
  return Array.isArray(value)
    ? value.map((one) => (typeof one === "string" ? one : JSON.stringify(one)))
    : [];
}

/** How many tasks there are of each fate, in words: `12 created, 3 reused`. */
export function counted(tasks: readonly Task[]): string {
  const counts = new Map<string, number>();
  for (const task of tasks) counts.set(task.fate, (counts.get(task.fate) ?? 0) + 1);
  const known = Object.entries(FATES).filter(([fate]) => counts.has(fate));
  const parts = known.map(([fate, words]) => `${number(counts.get(fate) as number)} ${words}`);
  const plain = counts.get("");
  if (plain) parts.push(plain === 1 ? "1 task" : `${number(plain)} tasks`);
  const touched = tasks.filter((task) => task.news).length;
  if (touched) parts.push(`${number(touched)} touched by the last save`);
  return parts.join(", ") || "no tasks";
}

export function number(value: number): string {
  return value.toLocaleString("en");
}
