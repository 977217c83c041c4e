// Takes what is drawn, gives where: phases as columns, in each the kinds after those they need.

import { Graph, layout as dagre } from "@dagrejs/dagre";
import { type Arrow, arrowId, type Box, type Scene } from "./scene";

export interface Point {
  x: number;
  y: number;
}

/** The middle and the size of a box. */
export interface Place extends Point {
  width: number;
  height: number;
}

export interface Column extends Place {
  phase: string;
}

/** The places, from the top left corner at 0, 0; and where lines bend, to pass between boxes. */
export interface Plan {
  places: Map<string, Place>;
  bends: Map<string, Point[]>;
  columns: Column[];
  width: number;
  height: number;
}

const KIND = { width: 176, height: 66 };
const TASK = { width: 230, height: 26 };
const HEAD = 66;
const GAP = 6;
const COLUMN_GAP = 90;
const COLUMN_HEAD = 54;
const MARGIN = 24;

export function makePlan(scene: Scene, phases: readonly string[]): Plan {
  if (scene.mode !== "map") {
    const { places, bends } = flow(scene.boxes, scene.arrows, "LR");
    const { right, bottom } = extent(places.values());
    return { places, bends, columns: [], width: right, height: bottom };
  }
  const places = new Map<string, Place>();
  const bends = new Map<string, Point[]>();
  const columns: Column[] = [];
  let left = 0;
  for (const phase of phases) {
    const boxes = scene.boxes.filter((box) => box.phase === phase);
    if (!boxes.length) continue;
    const inside = flow(boxes, arrowsOfKinds(boxes, scene.arrows), "TB");
    const { right, bottom } = extent(inside.places.values());
    const moved = ({ x, y }: Point): Point => ({ x: x + left + MARGIN, y: y + COLUMN_HEAD });
    for (const [id, place] of inside.places) places.set(id, { ...place, ...moved(place) });
    for (const [id, points] of inside.bends) bends.set(id, points.map(moved));
    const [width, height] = [right + 2 * MARGIN, bottom + COLUMN_HEAD + MARGIN];
    columns.push({ phase, x: left + width / 2, y: height / 2, width, height });
    left += width + COLUMN_GAP;
  }
  for (const box of scene.boxes) placeInside(box, places);
  const { right, bottom } = extent(columns);
  return { places, bends, columns, width: right, height: bottom };
}

/** Lines between the boxes themselves: a line of a task counts for its kind. */
function arrowsOfKinds(boxes: Box[], arrows: Arrow[]): Arrow[] {
  const owner = new Map<string, string>();
  for (const box of boxes) {
    owner.set(box.id, box.id);
    for (const one of box.inside) owner.set(one.id, box.id);
  }
  const found = new Map<string, Arrow>();
  for (const arrow of arrows) {
    const [from, to] = [owner.get(arrow.from), owner.get(arrow.to)];
    if (from && to && from !== to) found.set(arrowId({ from, to }), { ...arrow, from, to });
  }
  return [...found.values()];
}

function flow(
  boxes: Box[],
  arrows: Arrow[],
  rankdir: "LR" | "TB",
): { places: Map<string, Place>; bends: Map<string, Point[]> } {
  const graph = new Graph();
  graph.setGraph({ rankdir, nodesep: 14, edgesep: 4, ranksep: rankdir === "TB" ? 34 : 110 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const box of boxes) graph.setNode(box.id, sizeOf(box));
  for (const arrow of arrows) graph.setEdge(arrow.from, arrow.to);
  dagre(graph);
  const bends = new Map<string, Point[]>();
  for (const arrow of arrows) {
    const points = (graph.edge(arrow.from, arrow.to) as { points: Point[] }).points;
    // Both ends lie on the boxes; a line that has one more passes no box on its way.
    if (points.length > 3) bends.set(arrowId(arrow), points.slice(1, -1));
  }
  return { places: new Map(boxes.map((box) => [box.id, graph.node(box.id) as Place])), bends };
}

function sizeOf(box: Box): { width: number; height: number } {
  if (box.sort === "task") return { ...TASK };
  if (box.sort === "kind") return { ...KIND };
  const { across, down } = gridOf(box.inside.length);
  const width = Math.max(KIND.width, across * (TASK.width + GAP) + GAP);
  return { width, height: HEAD + down * (TASK.height + GAP) + GAP };
}

/** Columns and rows for a number of tasks, about as wide as high. */
function gridOf(count: number): { across: number; down: number } {
  const across = Math.max(1, Math.round(Math.sqrt((count * TASK.height) / TASK.width)));
  return { across, down: Math.ceil(count / across) };
}

function placeInside(box: Box, places: Map<string, Place>): void {
  const place = places.get(box.id);
  if (!place || !box.inside.length) return;
  const { down } = gridOf(box.inside.length);
  const left = place.x - place.width / 2 + GAP + TASK.width / 2;
  const top = place.y - place.height / 2 + HEAD + TASK.height / 2;
  box.inside.forEach((one, at) => {
    const [column, row] = [Math.floor(at / down), at % down];
    const x = left + column * (TASK.width + GAP);
    places.set(one.id, { x, y: top + row * (TASK.height + GAP), ...TASK });
  });
}

function extent(places: Iterable<Place>): { right: number; bottom: number } {
  let [right, bottom] = [0, 0];
  for (const place of places) {
    right = Math.max(right, place.x + place.width / 2);
    bottom = Math.max(bottom, place.y + place.height / 2);
  }
  return { right, bottom };
}
