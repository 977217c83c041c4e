// Takes the words of a search, gives which tasks they find.

import type { Task } from "./model";

/** What each field of a search looks at. */
const FIELDS: Record<string, (task: Task) => string[]> = {
  label: (task) => [task.label],
  kind: (task) => [task.kind.name],
  worker: (task) => [task.worker],
  scope: (task) => task.scopes,
  attribute: (task) => attributes(task),
};

function attributes(task: Task): string[] {
  return Object.entries(task.text.attributes).map(
    ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
}

const everything = new WeakMap<Task, string>();

/** All that a word without a field looks at; it is put together once for each task. */
function textOf(task: Task): string {
  let text = everything.get(task);
  if (text === undefined) {
    text = Object.values(FIELDS)
      .flatMap((field) => field(task))
      .join("\n")
      .toLowerCase();
    everything.set(task, text);
  }
  return text;
}

/** Whether a task has all the words: `de worker:linux attribute:locale=de`. */
export function matcher(query: string): (task: Task) => boolean {
  const terms = query.toLowerCase().split(/\s+/).filter(Boolean).map(term);
  return (task) => terms.every((one) => one(task));
}

function term(word: string): (task: Task) => boolean {
  const [name, ...rest] = word.split(":");
  const field = rest.length ? FIELDS[name as string] : undefined;
  if (!field) return (task) => textOf(task).includes(word);
  const wanted = rest.join(":");
  return (task) => field(task).some((value) => value.toLowerCase().includes(wanted));
}
