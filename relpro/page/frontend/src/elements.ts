// Takes what is drawn and where, gives it as Cytoscape wants it.

import type { ElementDefinition } from "cytoscape";
import type { Plan } from "./layout";
import type { Arrow, Box, Scene } from "./scene";

/** More lines than this are drawn faintly, or nothing else would be seen. */
const MANY = 1500;

/** Columns, boxes and lines; classes say what each looks like. */
export function elements(scene: Scene, plan: Plan): ElementDefinition[] {
  const columns = plan.columns.map((column): ElementDefinition => ({
    data: {
      id: `phase ${column.phase}`,
      title: column.phase || "no phase",
      width: column.width,
      height: column.height,
      shift: 80 - column.width / 2,
    },
    position: { x: column.x, y: column.y },
    classes: "phase",
  }));
  const boxes = scene.boxes.flatMap((box) => [box, ...box.inside]);
  const faded = new Set(boxes.filter((box) => box.faded).map((box) => box.id));
  const many = scene.arrows.length > MANY;
  const isFaint = (one: Arrow): boolean => many || faded.has(one.from) || faded.has(one.to);
  return [
    ...columns,
    ...boxes.map((box) => element(box, plan)),
    ...scene.arrows.map((one) => line(one, isFaint(one))),
  ];
}

function element(box: Box, plan: Plan): ElementDefinition {
  const place = plan.places.get(box.id);
  const words =
    box.sort === "task" ? shortened(box.title, 32) : `${breakable(box.title)}\n${box.words}`;
  const classes = [box.sort, `fate-${box.fate || "none"}`];
  if (box.faded) classes.push("faded");
  if (box.chosen) classes.push("chosen");
  if (box.news) classes.push("news");
  return {
    data: {
      id: box.id,
      title: words,
      spoken: `${box.title}, ${box.words}`,
      width: place?.width ?? 1,
      height: place?.height ?? 1,
      shift: 88 - (place?.width ?? 0) / 2,
    },
    position: { x: place?.x ?? 0, y: place?.y ?? 0 },
    classes: classes.join(" "),
  };
}

function line(arrow: Arrow, faint: boolean): ElementDefinition {
  const classes = ["line", arrow.sort];
  if (arrow.soft) classes.push("soft");
  if (faint) classes.push("faint");
  if (arrow.chosen) classes.push("own");
  return {
    data: { id: `${arrow.from} -> ${arrow.to}`, source: arrow.from, target: arrow.to },
    classes: classes.join(" "),
  };
}

/** A name that may be broken after its dashes. */
function breakable(name: string): string {
  return shortened(name, 60).replaceAll("-", "-\u200b");
}

/** A text that fits, its middle left out: labels differ at their ends. */
function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const start = Math.ceil((most - 1) / 2);
  return `${text.slice(0, start)}…${text.slice(text.length - (most - 1 - start))}`;
}
