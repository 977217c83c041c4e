// Takes what is drawn and where, gives it as Cytoscape wants it.

import type { ElementDefinition } from "cytoscape";
import type { Plan, Point } from "./layout";
import { type Arrow, arrowId, type Box, type Scene } from "./scene";

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
    ...scene.arrows.map((one) => line(one, plan, isFaint(one))),
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

function line(arrow: Arrow, plan: Plan, faint: boolean): ElementDefinition {
  const id = arrowId(arrow);
  const [from, to, bends] = [
    plan.places.get(arrow.from),
    plan.places.get(arrow.to),
    plan.bends.get(id),
  ];
  const classes: string[] = ["line", arrow.sort];
  if (arrow.soft) classes.push("soft");
  if (faint) classes.push("faint");
  if (arrow.chosen) classes.push("own");
  if (bends) classes.push("bent");
  const along = from && to && bends ? measured(from, to, bends) : {};
  return {
    data: { id, source: arrow.from, target: arrow.to, ...along },
    classes: classes.join(" "),
  };
}

/** Points as Cytoscape takes them: how far along the straight line, and how far beside it. */
function measured(from: Point, to: Point, points: Point[]): { weights: string; distances: string } {
  const [right, down] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(right, down) || 1;
  const weights = points.map(
    ({ x, y }) => ((x - from.x) * right + (y - from.y) * down) / length ** 2,
  );
  const distances = points.map(({ x, y }) => ((y - from.y) * right - (x - from.x) * down) / length);
  return { weights: weights.join(" "), distances: distances.join(" ") };
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
