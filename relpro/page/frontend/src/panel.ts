// The side panel: all of a task, of a kind, of a path, or of the whole graph.

import { differences } from "./differences";
import type { Change } from "./document";
import { longList, make } from "./dom";
import { counted, FATES, type Kind, type Model, number, type Task } from "./model";
import { pathBetween } from "./scene";
import type { View } from "./view";

/** What the panel asks for: another view. */
export type Go = (change: Partial<View>) => void;

const SHOWN = 40;
/** Fates that need no word in a list. */
const USUAL = new Set(["", "created", "same"]);

export function fillPanel(panel: HTMLElement, model: Model, view: View, go: Go): void {
  const task = model.byLabel.get(view.task);
  const kind = model.kinds.get(view.kind);
  const lost =
    !task && view.task ? [make("p", {}, `No task of this graph is called ${view.task}.`)] : [];
  const parts = task
    ? ofTask(model, task, view, go)
    : kind
      ? ofKind(kind, view, go)
      : ofGraph(model, go);
  panel.replaceChildren(...lost, ...parts);
}

function button(words: string, act: () => void): HTMLElement {
  return make("button", { type: "button", click: act }, words);
}

function link(task: Task, go: Go, soft = false): HTMLElement {
  const words = [
    USUAL.has(task.fate) ? "" : (FATES[task.fate] ?? ""),
    soft ? "only if it is there" : "",
  ];
  const said = words.filter(Boolean).join(", ");
  return make(
    "span",
    {},
    button(task.label, () => go({ task: task.label, kind: "", to: "" })),
    said ? ` ${said}` : "",
  );
}

function section(heading: string, ...parts: (Node | string)[]): HTMLElement {
  return make("section", {}, make("h3", {}, heading), ...parts);
}

function ofTask(model: Model, task: Task, view: View, go: Go): HTMLElement[] {
  const to = model.byLabel.get(view.to);
  const facts = [task.kind.name, task.phase, task.worker].filter(Boolean).join(" · ");
  const fate = [
    task.fate ? (FATES[task.fate] ?? task.fate) : "",
    task.news && `${task.news} by the last save`,
  ];
  return [
    make("h2", {}, task.label),
    make(
      "p",
      {},
      ...fate
        .filter(Boolean)
        .map((one) => make("strong", { class: `word fate-${task.fate}` }, one)),
      ` ${facts}`,
    ),
    make("p", {}, task.text.description),
    ...(task.about.place ? [make("p", { class: "place" }, task.about.place)] : []),
    taskButtons(task, view, go),
    pathForm(model, task, view, go),
    ...(to ? [pathSection(task, to, go)] : []),
    ...changes(task),
    ...why(model, task, go),
    section(
      `Needs ${task.needs.length}`,
      longList(task.needs, SHOWN, (one) => link(one, go, task.soft.has(one))),
    ),
    section(
      `Needed by ${task.neededBy.length}`,
      longList(task.neededBy, SHOWN, (one) => link(one, go, one.soft.has(task))),
    ),
    section(
      `Scopes ${task.scopes.length}`,
      longList(task.scopes, SHOWN, (one) => make("code", {}, one)),
    ),
    ...(task.about.artifacts ? [artifacts(task.about.artifacts)] : []),
    section(
      "Definition",
      make(
        "pre",
        { tabindex: "0", "aria-label": "definition" },
        JSON.stringify(task.text, null, 2),
      ),
    ),
  ];
}

function artifacts(names: string[]): HTMLElement {
  return section(
    `Artifacts ${names.length}`,
    longList(names, SHOWN, (one) => make("code", {}, one)),
  );
}

function taskButtons(task: Task, view: View, go: Go): HTMLElement {
  const near = view.near
    ? button("Show the whole map", () => go({ near: false, to: "" }))
    : button("Draw its neighbours only", () => go({ near: true, to: "" }));
  const open = new Set([...view.open, task.kind.id]);
  const show = button("Show it on the map", () => go({ near: false, to: "", open }));
  return make("p", { class: "buttons" }, near, " ", show);
}

/** Asks for the other end of a path; labels are proposed as they are typed. */
function pathForm(model: Model, task: Task, view: View, go: Go): HTMLElement {
  const proposals = make("datalist", { id: "labels" });
  const input = make("input", {
    id: "path-to",
    type: "text",
    list: "labels",
    autocomplete: "off",
    spellcheck: "false",
    value: view.to,
  });
  input.addEventListener("input", () => {
    const wanted = input.value.toLowerCase();
    const close = model.tasks
      .filter((one) => one.label.toLowerCase().includes(wanted))
      .slice(0, 30);
    proposals.replaceChildren(...close.map((one) => make("option", { value: one.label })));
  });
  const form = make(
    "form",
    { class: "buttons" },
    make("label", { for: "path-to" }, "Path to"),
    input,
    proposals,
    make("button", { type: "submit" }, "Find"),
  );
  const said = make("p", { role: "status" });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const to = input.value.trim();
    if (model.byLabel.has(to) && to !== task.label) go({ to, near: false });
    else said.textContent = to === task.label ? "That is this task." : `No task is called ${to}.`;
  });
  return make("div", {}, form, said);
}

function pathSection(task: Task, to: Task, go: Go): HTMLElement {
  const way = pathBetween(task, to);
  const leave = button("Leave the path", () => go({ to: "" }));
  if (!way.length)
    return section(
      "No path",
      make("p", {}, `Neither ${task.label} nor ${to.label} needs the other.`),
      leave,
    );
  const steps = make("ol", { id: "path" }, ...way.map((one) => make("li", {}, link(one, go))));
  return section(`Path of ${way.length} tasks, the needed one first`, steps, leave);
}

function changes(task: Task): HTMLElement[] {
  const was = task.about.was ? [make("p", {}, `It was called ${task.about.was}.`)] : [];
  const compared = [...was, ...changeList(task.about.changes ?? [])];
  const saved = task.old ? changeList(differences(task.old, task.text)) : [];
  return [
    ...(compared.length ? [section("What differs", ...compared)] : []),
    ...(saved.length ? [section("What the last save changed", ...saved)] : []),
  ];
}

function changeList(found: Change[]): HTMLElement[] {
  const rows = found.map((one) =>
    make(
      "li",
      {},
      make("code", {}, one.path),
      ...(one.before === undefined ? [] : [make("del", {}, one.before)]),
      ...(one.after === undefined ? [] : [make("ins", {}, one.after)]),
    ),
  );
  return rows.length ? [make("ul", { class: "changes" }, ...rows)] : [];
}

function why(model: Model, task: Task, go: Go): HTMLElement[] {
  const { why: lines = [], chain = [] } = task.about;
  if (!lines.length) return [];
  const steps = chain.slice(1).flatMap((label) => model.byLabel.get(label) ?? []);
  const needed = steps.length
    ? [make("ol", {}, ...steps.map((one) => make("li", {}, "needed by ", link(one, go))))]
    : [];
  return [section("Why", make("ul", {}, ...lines.map((line) => make("li", {}, line))), ...needed)];
}

function ofKind(kind: Kind, view: View, go: Go): HTMLElement[] {
  const isOpen = view.open.has(kind.id);
  const open = new Set(view.open);
  if (isOpen) open.delete(kind.id);
  else open.add(kind.id);
  return [
    make("h2", {}, kind.name),
    make("p", {}, `${counted(kind.tasks)} · ${kind.phase || "no phase"}`),
    make(
      "p",
      { class: "buttons" },
      button(isOpen ? "Draw as one box" : "Draw its tasks", () => go({ open })),
    ),
    section(
      "Needs the kinds",
      kindList(
        kindsOf(kind, (task) => task.needs),
        go,
      ),
    ),
    section(
      "Needed by the kinds",
      kindList(
        kindsOf(kind, (task) => task.neededBy),
        go,
      ),
    ),
    section(
      "Tasks",
      longList(kind.tasks, SHOWN, (task) => link(task, go)),
    ),
  ];
}

/** The kinds to which edges of a kind lead, with how many edges. */
function kindsOf(kind: Kind, next: (task: Task) => Task[]): [Kind, number][] {
  const counts = new Map<Kind, number>();
  for (const task of kind.tasks) {
    for (const one of next(task)) {
      if (one.kind !== kind) counts.set(one.kind, (counts.get(one.kind) ?? 0) + 1);
    }
  }
  return [...counts];
}

function kindList(kinds: [Kind, number][], go: Go): HTMLElement {
  return longList(kinds, SHOWN, ([kind, edges]) =>
    make(
      "span",
      {},
      button(kind.name, () => go({ kind: kind.id, task: "", to: "" })),
      ` by ${number(edges)} edges`,
    ),
  );
}

function ofGraph(model: Model, go: Go): HTMLElement[] {
  const parts = model.sections.map(({ heading, lines }) =>
    section(
      heading,
      longList(lines, SHOWN, (line) => {
        const known = line.labels.flatMap((label) => model.byLabel.get(label) ?? []);
        const words = `${line.sign} ${line.text}`.trim();
        if (!known.length) return make("span", {}, words);
        return make(
          "details",
          {},
          make("summary", {}, words),
          longList(known, SHOWN, (task) => link(task, go)),
        );
      }),
    ),
  );
  return [
    make("h2", {}, model.title),
    make(
      "p",
      {},
      `${number(model.tasks.length)} tasks, ${number(model.edges)} edges, ${model.kinds.size} kinds.`,
    ),
    make("p", {}, "Choose a kind or a task in the list or on the map."),
    ...parts,
  ];
}
