// Draws scenes with Cytoscape: pans, zooms, tells what was pointed at, and moves by keys.

import cytoscape, { type Core, type ElementDefinition, type NodeSingular } from "cytoscape";
import { makePlan, type Plan } from "./layout";
import type { Arrow, Box, Scene } from "./scene";

/** Below this, words cannot be read: the map then starts at its top left. */
const READABLE = 0.5;
/** More lines than this are drawn faintly, or nothing else would be seen. */
const MANY = 1500;

export interface MapEvents {
  /** A kind or task was asked for. */
  choose(id: string): void;
  /** The empty part was clicked. */
  leave(): void;
  /** The keyboard moved to something: to be said aloud. */
  say(words: string): void;
}

export class GraphMap {
  private readonly cy: Core;
  private cursor = "";
  private drawn = "";

  constructor(
    private readonly holder: HTMLElement,
    private readonly events: MapEvents,
  ) {
    this.cy = cytoscape({
      container: holder,
      style: styles(holder),
      autoungrabify: true,
      boxSelectionEnabled: false,
      minZoom: 0.02,
      maxZoom: 3,
      hideEdgesOnViewport: false,
    });
    this.cy.on("tap", "node.kind, node.open-kind, node.task", (event) => events.choose(event.target.id()));
    this.cy.on("tap", (event) => {
      if (event.target === this.cy) events.leave();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.restyle());
    holder.addEventListener("keydown", (event) => this.key(event));
  }

  /** Draw a scene. Where another part is drawn than before, all of it comes into sight. */
  show(scene: Scene, phases: readonly string[]): void {
    const plan = makePlan(scene, phases);
    const shape = JSON.stringify([[...plan.places], scene.arrows.map((one) => [one.from, one.to])]);
    const made = elements(scene, plan);
    this.cy.batch(() => {
      if (shape === this.drawn) {
        this.repaint(made);
        return;
      }
      this.cy.elements().remove();
      this.cy.add(made);
    });
    if (shape !== this.drawn) this.fit();
    this.drawn = shape;
    this.mark();
  }

  /** What is drawn stays where it is; its words and colours may be others. */
  private repaint(made: ElementDefinition[]): void {
    for (const { data, classes } of made) {
      const element = this.cy.getElementById(data.id as string);
      if (element.data("title") !== data["title"]) element.data(data);
      element.classes(classes as string);
    }
  }

  fit(): void {
    this.cy.resize();
    this.cy.fit(undefined, 20);
    if (this.cy.zoom() > 1.1) this.cy.zoom(1.1);
    if (this.cy.zoom() < READABLE) {
      const box = this.cy.elements().boundingBox();
      this.cy.zoom(READABLE);
      this.cy.pan({ x: 20 - box.x1 * READABLE, y: 20 - box.y1 * READABLE });
      return;
    }
    this.cy.center();
  }

  overview(): void {
    this.cy.resize();
    this.cy.fit(undefined, 20);
  }

  /** Bring a box into sight. */
  reveal(id: string): void {
    const node = this.cy.getElementById(id);
    if (node.empty()) return;
    this.cursor = id;
    this.mark();
    const box = node.renderedBoundingBox();
    const inside = box.x1 >= 0 && box.y1 >= 0 && box.x2 <= this.cy.width() && box.y2 <= this.cy.height();
    if (!inside) this.cy.center(node);
  }

  restyle(): void {
    this.cy.style(styles(this.holder));
  }

  private mark(): void {
    this.cy.nodes().removeClass("cursor");
    this.cy.getElementById(this.cursor).addClass("cursor");
  }

  private key(event: KeyboardEvent): void {
    const step = ARROW_KEYS[event.key];
    if (step) this.move(step);
    else if (event.key === "Enter" || event.key === " ") this.events.choose(this.cursor);
    else if (event.key === "+") this.zoomBy(1.25);
    else if (event.key === "-") this.zoomBy(0.8);
    else if (event.key === "0") this.overview();
    else return;
    event.preventDefault();
  }

  zoomBy(factor: number): void {
    const middle = { x: this.cy.width() / 2, y: this.cy.height() / 2 };
    this.cy.zoom({ level: this.cy.zoom() * factor, renderedPosition: middle });
  }

  /** Go to the nearest box in a direction. */
  private move([right, down]: readonly [number, number]): void {
    const boxes = this.cy.nodes(".kind, .open-kind, .task");
    const here = this.cy.getElementById(this.cursor);
    const found = here.empty() ? boxes[0] : nearest(here, boxes.toArray(), right, down);
    if (!found) return;
    this.reveal(found.id());
    this.events.say(found.data("spoken"));
  }
}

const ARROW_KEYS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function nearest(here: NodeSingular, all: NodeSingular[], right: number, down: number): NodeSingular | undefined {
  const from = here.position();
  let best: NodeSingular | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const node of all) {
    const to = node.position();
    const ahead = (to.x - from.x) * right + (to.y - from.y) * down;
    const aside = Math.abs((to.x - from.x) * down) + Math.abs((to.y - from.y) * right);
    const cost = ahead + 3 * aside;
    if (ahead > 1 && cost < least) [best, least] = [node, cost];
  }
  return best;
}

function elements(scene: Scene, plan: Plan): ElementDefinition[] {
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
  return [...columns, ...boxes.map((box) => element(box, plan)), ...scene.arrows.map((one) => line(one, isFaint(one)))];
}

function element(box: Box, plan: Plan): ElementDefinition {
  const place = plan.places.get(box.id);
  const words = box.sort === "task" ? shortened(box.title, 32) : `${breakable(box.title)}\n${box.words}`;
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

/** The drawing in the colours of the style sheet. */
function styles(holder: HTMLElement): cytoscape.StylesheetStyle[] {
  const sheet = getComputedStyle(holder);
  const colour = (name: string): string => sheet.getPropertyValue(`--${name}`).trim();
  const fates = ["created", "added", "removed", "changed", "reused", "dropped", "mixed"];
  return [
    {
      selector: "node",
      style: {
        shape: "round-rectangle",
        width: "data(width)",
        height: "data(height)",
        label: "data(title)",
        color: colour("ink"),
        "background-color": colour("box"),
        "border-width": 1.5,
        "border-color": colour("line"),
        "font-family": "system-ui, sans-serif",
        "font-size": 15,
        "text-valign": "center",
        "text-halign": "center",
        "text-wrap": "wrap",
        "text-max-width": "164px",
        "text-overflow-wrap": "whitespace",
        "z-index-compare": "manual",
        "z-index": 3,
      },
    },
    {
      selector: ".phase",
      style: {
        "background-color": colour("column"),
        "border-width": 0,
        "font-size": 22,
        "font-weight": "bold",
        "text-valign": "top",
        "text-margin-x": "data(shift)" as unknown as number,
        "text-margin-y": 40,
        "z-index": 0,
        events: "no",
      },
    },
    {
      selector: ".open-kind",
      style: {
        "background-opacity": 0.35,
        "text-valign": "top",
        "text-margin-x": "data(shift)" as unknown as number,
        "text-margin-y": 60,
        "z-index": 1,
      },
    },
    { selector: ".task", style: { "font-size": 12, "text-wrap": "none" } },
    ...fates.map((fate) => ({
      selector: `.fate-${fate}`,
      style: { "background-color": colour(fate), "border-color": colour(`${fate}-line`) },
    })),
    { selector: ".fate-dropped, .fate-removed", style: { "border-style": "dashed" as const } },
    { selector: ".faded", style: { opacity: 0.25 } },
    { selector: ".news", style: { "border-width": 4, "border-color": colour("news"), "border-style": "double" as const } },
    { selector: ".chosen", style: { "border-width": 4, "border-color": colour("chosen") } },
    { selector: ".cursor", style: { "outline-width": 3, "outline-color": colour("chosen"), "outline-offset": 3 } },
    {
      selector: ".line",
      style: { width: 1, "line-color": colour("line"), "curve-style": "haystack", "z-index": 2, opacity: 0.6, events: "no" },
    },
    {
      selector: ".arrow",
      style: {
        width: 1.6,
        "curve-style": "bezier",
        "target-arrow-shape": "triangle",
        "target-arrow-color": colour("line"),
        opacity: 0.9,
      },
    },
    { selector: ".soft", style: { "line-style": "dashed" } },
    { selector: ".faint", style: { opacity: 0.1 } },
    {
      selector: ".own",
      style: { width: 2.5, "line-color": colour("chosen"), "target-arrow-color": colour("chosen"), opacity: 1, "z-index": 4 },
    },
  ];
}
