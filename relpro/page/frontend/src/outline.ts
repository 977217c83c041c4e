// The list beside the map: the same kinds and tasks, for the keyboard and for screen readers.

import { longList, make } from "./dom";
import { counted, FATES, type Kind, type Model, number, type Task } from "./model";
import type { Go } from "./panel";
import { commonFate } from "./scene";
import { matcher } from "./search";
import { filtered, type View } from "./view";

/** So many found tasks are listed without being asked for. */
const AT_ONCE = 200;
const SHOWN = 200;

export function fillOutline(
  outline: HTMLElement,
  said: HTMLElement,
  model: Model,
  view: View,
  go: Go,
): void {
  const found = filtered(model, view).filter(matcher(view.query));
  const kinds = new Map<Kind, Task[]>();
  for (const task of found) kinds.set(task.kind, [...(kinds.get(task.kind) ?? []), task]);
  said.textContent = view.query
    ? `${number(found.length)} of ${number(model.tasks.length)} tasks found`
    : counted(found);
  const listed = view.query !== "" && found.length <= AT_ONCE;
  outline.replaceChildren(
    ...model.phases.flatMap((phase) => ofPhase(phase, kinds, view, listed, go)),
  );
}

function ofPhase(
  phase: string,
  kinds: Map<Kind, Task[]>,
  view: View,
  listed: boolean,
  go: Go,
): HTMLElement[] {
  const own = [...kinds]
    .filter(([kind]) => kind.phase === phase)
    .sort(([one], [other]) => (one.name < other.name ? -1 : 1));
  if (!own.length) return [];
  const items = own.map(([kind, tasks]) => ofKind(kind, tasks, view, listed, go));
  return [make("h3", {}, phase || "no phase"), make("ul", {}, ...items)];
}

function ofKind(kind: Kind, tasks: Task[], view: View, listed: boolean, go: Go): HTMLElement {
  const isOpen = listed || view.open.has(kind.id);
  const open = new Set(view.open);
  if (isOpen) open.delete(kind.id);
  else open.add(kind.id);
  const toggle = make(
    "button",
    {
      type: "button",
      class: "toggle",
      "aria-expanded": String(isOpen),
      "data-toggle": kind.id,
      "aria-label": `tasks of ${kind.name}`,
      click: () => go({ open }),
    },
    isOpen ? "−" : "+",
  );
  const name = make(
    "button",
    {
      type: "button",
      "aria-current": view.kind === kind.id && "true",
      "data-kind": kind.id,
      click: () => go({ kind: kind.id, task: "", to: "", near: false }),
    },
    kind.name,
  );
  const list = isOpen ? [longList(tasks, SHOWN, (task) => ofTask(task, view, go))] : [];
  return make(
    "li",
    { class: "kind" },
    toggle,
    name,
    make("span", { class: `count ${tint(tasks)}` }, counted(tasks)),
    ...list,
  );
}

/** The colour of what is told of a kind, where it is not the usual. */
function tint(tasks: Task[]): string {
  const fate = commonFate(tasks);
  return ["", "created", "same"].includes(fate) ? "" : `word fate-${fate}`;
}

function ofTask(task: Task, view: View, go: Go): HTMLElement {
  const said = [task.fate === "created" ? "" : (FATES[task.fate] ?? ""), task.news]
    .filter(Boolean)
    .join(", ");
  const name = make(
    "button",
    {
      type: "button",
      "aria-current": view.task === task.label && "true",
      "data-task": task.label,
      click: () => go({ task: task.label, kind: "", to: "" }),
    },
    task.label,
  );
  return make(
    "span",
    {},
    name,
    said ? make("span", { class: `word fate-${task.fate}` }, said) : "",
  );
}
