// Takes a model and a view, gives what is drawn: boxes and the lines between them.

import { counted, type Kind, type Model, type Task } from "./model";
import { matcher } from "./search";
import { filtered, type View } from "./view";
import { reduced, shortestPath } from "./walk";

export interface Box {
  id: string;
  sort: "kind" | "open-kind" | "task";
  phase: string;
  title: string;
  words: string;
  fate: string;
  news: boolean;
  /** Whether the search does not find it. */
  faded: boolean;
  chosen: boolean;
  /** The boxes inside an open kind. */
  inside: Box[];
}

export interface Arrow {
  from: string;
  to: string;
  /** One with a head, or a thin line where there are very many. */
  sort: "arrow" | "thin";
  soft: boolean;
  /** Whether it is a line of what the side panel tells about. */
  chosen: boolean;
}

export interface Scene {
  mode: "map" | "near" | "path";
  boxes: Box[];
  arrows: Arrow[];
  /** In words, for those who do not see the drawing. */
  words: string;
}

/** What tells a line from all others, whatever tasks are called. */
export function arrowId({ from, to }: { from: string; to: string }): string {
  return JSON.stringify([from, to]);
}

export function taskId(task: Task): string {
  return `task ${task.label}`;
}

export function kindId(kind: Kind): string {
  return `kind ${kind.id}`;
}

export function makeScene(model: Model, view: View): Scene {
  const task = model.byLabel.get(view.task);
  const to = model.byLabel.get(view.to);
  if (task && to) return pathScene(task, to, view);
  if (task && view.near) return nearScene(task, view);
  return mapScene(model, view);
}

/** The tasks on the shortest way between two, either way; the needed one first. */
export function pathBetween(task: Task, to: Task): Task[] {
  const down = shortestPath(task, to, (one) => one.neededBy);
  return down.length ? down : shortestPath(to, task, (one) => one.neededBy);
}

function pathScene(task: Task, to: Task, view: View): Scene {
  const way = pathBetween(task, to);
  const words = way.length ? `a path of ${way.length} tasks` : "no path: neither needs the other";
  return { mode: "path", ...ofTasks(way.length ? way : [task, to], view), words };
}

function nearScene(task: Task, view: View): Scene {
  const near = [...task.needs, task, ...task.neededBy];
  const words = `${task.label} needs ${task.needs.length} tasks and is needed by ${task.neededBy.length}`;
  const arrows = [
    ...task.needs.map((need) => arrow(need, task)),
    ...task.neededBy.map((one) => arrow(task, one)),
  ];
  return { mode: "near", boxes: near.map((one) => taskBox(one, view, () => true)), arrows, words };
}

function ofTasks(tasks: Task[], view: View): { boxes: Box[]; arrows: Arrow[] } {
  const boxes = tasks.map((one) => taskBox(one, view, () => true));
  const shown = new Set(tasks);
  const arrows = tasks.flatMap((one) =>
    one.needs.filter((need) => shown.has(need)).map((need) => arrow(need, one)),
  );
  return { boxes, arrows };
}

/** A line of the few that a path or neighbours have. */
function arrow(need: Task, task: Task): Arrow {
  return {
    from: taskId(need),
    to: taskId(task),
    sort: "arrow",
    soft: task.soft.has(need),
    chosen: false,
  };
}

function mapScene(model: Model, view: View): Scene {
  const shown = filtered(model, view);
  const found = view.query ? matcher(view.query) : () => true;
  const groups = new Map<Kind, Task[]>();
  for (const task of shown) {
    const group = groups.get(task.kind);
    if (group) group.push(task);
    else groups.set(task.kind, [task]);
  }
  const boxes = [...groups].map(([kind, tasks]) => kindBox(kind, tasks, view, found));
  const arrows = mapArrows(shown, view);
  const drawn = boxes.reduce((sum, box) => sum + box.inside.length, 0);
  const words = `${boxes.length} kinds and ${drawn} tasks drawn, ${arrows.length} lines`;
  return { mode: "map", boxes, arrows, words };
}

/** Lines between what is drawn; of those between two closed kinds, the fewest that say the same. */
function mapArrows(shown: Task[], view: View): Arrow[] {
  const isShown = new Set(shown);
  const chosen = new Set([`task ${view.task}`, `kind ${view.kind}`]);
  const between = new Map<string, Set<string>>();
  const arrows = new Map<string, Arrow>();
  for (const task of shown) {
    const isOpen = view.open.has(task.kind.id);
    for (const need of task.needs) {
      if (!isShown.has(need)) continue;
      const needOpen = view.open.has(need.kind.id);
      const from = needOpen ? taskId(need) : kindId(need.kind);
      const to = isOpen ? taskId(task) : kindId(task.kind);
      if (from === to) continue;
      if (!isOpen && !needOpen) {
        const targets = between.get(from);
        if (targets) targets.add(to);
        else between.set(from, new Set([to]));
        continue;
      }
      const key = arrowId({ from, to });
      const soft = task.soft.has(need);
      const known = arrows.get(key);
      if (known) known.soft &&= soft;
      else
        arrows.set(key, {
          from,
          to,
          sort: "thin",
          soft,
          chosen: chosen.has(from) || chosen.has(to),
        });
    }
  }
  const kinds = [...reduced(between)].flatMap(([from, targets]) =>
    [...targets].map((to): Arrow => ({
      from,
      to,
      sort: "arrow",
      soft: false,
      chosen: chosen.has(from) || chosen.has(to),
    })),
  );
  return [...kinds, ...arrows.values()];
}

function kindBox(kind: Kind, tasks: Task[], view: View, found: (task: Task) => boolean): Box {
  const isOpen = view.open.has(kind.id);
  const chosenInside = !isOpen && tasks.some((task) => task.label === view.task);
  const matches = view.query ? tasks.filter(found) : tasks;
  const words = view.query ? `${matches.length} found of ${tasks.length}` : counted(tasks);
  return {
    id: kindId(kind),
    sort: isOpen ? "open-kind" : "kind",
    phase: kind.phase,
    title: kind.name,
    words,
    fate: commonFate(tasks),
    news: tasks.some((task) => task.news),
    faded: matches.length === 0,
    chosen: view.kind === kind.id || chosenInside,
    inside: isOpen ? tasks.map((task) => taskBox(task, view, found)) : [],
  };
}

function taskBox(task: Task, view: View, found: (task: Task) => boolean): Box {
  return {
    id: taskId(task),
    sort: "task",
    phase: task.phase,
    title: task.label,
    words: task.fate,
    fate: task.fate,
    news: task.news !== "",
    faded: !found(task),
    chosen: task.label === view.task || task.label === view.to,
    inside: [],
  };
}

/** The fate of all the tasks; where there are several, what differs wins, else it is mixed. */
export function commonFate(tasks: Task[]): string {
  const fates = new Set(tasks.map((task) => task.fate));
  fates.delete("same");
  if (fates.size === 0) return "same";
  return fates.size === 1 ? ([...fates][0] as string) : "mixed";
}
