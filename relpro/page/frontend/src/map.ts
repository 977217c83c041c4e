// Draws scenes with Cytoscape: pans, zooms, tells what was pointed at, and moves by keys.

import cytoscape, { type Core, type ElementDefinition, type NodeSingular } from "cytoscape";
import { elements } from "./elements";
import { makePlan } from "./layout";
import { styles } from "./look";
import type { Scene } from "./scene";

/** Below this, words cannot be read: the map then starts at its top left. */
const READABLE = 0.5;
/** Pixels around the whole. */
const EDGE = 20;
/** No box is drawn larger than this at the start. */
const LARGEST = 1.1;

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
  private size = { width: 1, height: 1 };

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
      textureOnViewport: true,
    });
    this.cy.on("tap", "node.kind, node.open-kind, node.task", (event) =>
      events.choose(event.target.id()),
    );
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
    this.size = { width: Math.max(1, plan.width), height: Math.max(1, plan.height) };
    if (shape !== this.drawn) this.start();
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

  /** All of it, or from its top left where it would be too small to read. */
  private start(): void {
    this.overview(READABLE);
  }

  /** All of it, in the middle; no smaller than `least`. */
  overview(least = 0): void {
    this.cy.resize();
    const [wide, high] = [this.cy.width(), this.cy.height()];
    const whole = Math.min(
      (wide - 2 * EDGE) / this.size.width,
      (high - 2 * EDGE) / this.size.height,
    );
    const zoom = Math.max(least, Math.min(LARGEST, whole));
    const left = (space: number, size: number): number => Math.max(EDGE, (space - size * zoom) / 2);
    this.cy.viewport({
      zoom,
      pan: { x: left(wide, this.size.width), y: left(high, this.size.height) },
    });
  }

  /** Bring a box into sight. */
  reveal(id: string): void {
    const node = this.cy.getElementById(id);
    if (node.empty()) return;
    this.cursor = id;
    this.mark();
    const box = node.renderedBoundingBox();
    const inside =
      box.x1 >= 0 && box.y1 >= 0 && box.x2 <= this.cy.width() && box.y2 <= this.cy.height();
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

function nearest(
  here: NodeSingular,
  all: NodeSingular[],
  right: number,
  down: number,
): NodeSingular | undefined {
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
