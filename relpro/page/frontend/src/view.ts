// What the page shows of a document, as a value; takes it from the address, gives the address of it.

import type { Model, Task } from "./model";

/** The facets by which tasks are taken away, and what each is of a task. */
export const FACETS = {
  phase: (task: Task): string[] => [task.phase],
  product: (task: Task): string[] => [task.product],
  platform: (task: Task): string[] => [task.platform],
  locale: (task: Task): string[] => task.locales,
  fate: (task: Task): string[] => [task.fate],
};
export type Facet = keyof typeof FACETS;
export const FACET_NAMES = Object.keys(FACETS) as Facet[];

export interface View {
  graph: number;
  /** Ids of the kinds whose tasks are drawn. */
  open: ReadonlySet<string>;
  /** Id of the kind, or label of the task, that the side panel tells about. */
  kind: string;
  task: string;
  /** Label of the other end of a path that starts at `task`. */
  to: string;
  /** Whether only the neighbours of `task` are drawn. */
  near: boolean;
  query: string;
  filters: Readonly<Partial<Record<Facet, string>>>;
}

export const START: View = {
  graph: 0,
  open: new Set(),
  kind: "",
  task: "",
  to: "",
  near: false,
  query: "",
  filters: {},
};

/** The address of a view; the same view has the same one. */
export function toHash(view: View): string {
  const words = new URLSearchParams();
  if (view.graph) words.set("graph", String(view.graph));
  for (const id of [...view.open].sort()) words.append("open", id);
  for (const name of ["kind", "task", "to", "query"] as const) {
    if (view[name]) words.set(name, view[name]);
  }
  if (view.near) words.set("near", "1");
  for (const name of FACET_NAMES) {
    const value = view.filters[name];
    if (value) words.set(name, value);
  }
  return `#${words}`;
}

/** The view of an address; what cannot be understood is left out. */
export function fromHash(hash: string): View {
  const words = new URLSearchParams(hash.replace(/^#/, ""));
  const filters: Partial<Record<Facet, string>> = {};
  for (const name of FACET_NAMES) {
    const value = words.get(name);
    if (value) filters[name] = value;
  }
  return {
    graph: Number.parseInt(words.get("graph") ?? "0", 10) || 0,
    open: new Set(words.getAll("open")),
    kind: words.get("kind") ?? "",
    task: words.get("task") ?? "",
    to: words.get("to") ?? "",
    near: words.has("near"),
    query: words.get("query") ?? "",
    filters,
  };
}

/** The tasks that no filter takes away. */
export function filtered(model: Model, view: View): Task[] {
  const asked = FACET_NAMES.filter((name) => view.filters[name]);
  return model.tasks.filter((task) =>
    asked.every((name) => FACETS[name](task).includes(view.filters[name] as string)),
  );
}
