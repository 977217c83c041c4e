// Puts the parts of the page together: the document and the view are all its state.

import { make, part } from "./dom";
import { type GraphText, type PageDocument, unpack } from "./document";
import { FATES, makeModel, type Model, number } from "./model";
import { GraphMap } from "./map";
import { fillOutline } from "./outline";
import { fillPanel } from "./panel";
import { listen } from "./live";
import { makeScene } from "./scene";
import { FACET_NAMES, FACETS, fromHash, START, toHash, type View } from "./view";

class Page {
  private view: View = START;
  private shown: GraphText[] = [];
  private models: Model[] = [];
  private before: Model[] = [];
  private readonly query = part("query", HTMLInputElement);
  private readonly graphs = part("graphs", HTMLSelectElement);
  private readonly said = part("said", HTMLElement);
  private readonly map = new GraphMap(part("map", HTMLElement), {
    choose: (id) => this.choose(id),
    leave: () => this.go({ task: "", kind: "", to: "", near: false }),
    say: (words) => {
      this.said.textContent = words;
    },
  });

  constructor() {
    addEventListener("hashchange", () => this.follow());
    this.query.addEventListener("input", () => this.go({ query: this.query.value }, true));
    this.graphs.addEventListener("change", () =>
      this.go({ ...START, graph: this.graphs.selectedIndex }),
    );
    for (const name of FACET_NAMES) {
      const select = part(name, HTMLSelectElement);
      select.addEventListener("change", () =>
        this.go({ filters: { ...this.view.filters, [name]: select.value } }),
      );
    }
    part("fit", HTMLElement).addEventListener("click", () => this.map.overview());
    part("nearer", HTMLElement).addEventListener("click", () => this.map.zoomBy(1.25));
    part("farther", HTMLElement).addEventListener("click", () => this.map.zoomBy(0.8));
    part("open-all", HTMLElement).addEventListener("click", () =>
      this.go({ open: new Set(this.model.kinds.keys()) }),
    );
    part("close-all", HTMLElement).addEventListener("click", () => this.go({ open: new Set() }));
    part("reset", HTMLElement).addEventListener("click", () =>
      this.go({ ...START, graph: this.view.graph }),
    );
    addEventListener("keydown", (event) => {
      if (event.key === "/" && !(event.target instanceof HTMLInputElement)) {
        event.preventDefault();
        this.query.focus();
      }
    });
  }

  /** Which of the graphs is shown. */
  private get at(): number {
    return this.shown[this.view.graph] ? this.view.graph : 0;
  }

  /** The graph that is shown; it is made of its text when it is first asked for. */
  private get model(): Model {
    return this.modelAt(this.at);
  }

  private modelAt(at: number): Model {
    return (this.models[at] ??= makeModel(this.shown[at] as GraphText, this.before[at]));
  }

  /** What a graph is called; after a save also how many of its tasks that touched. */
  private nameOf(at: number): string {
    const { title } = this.shown[at] as GraphText;
    if (!this.before[at]) return title;
    const touched = this.modelAt(at).tasks.filter((task) => task.news).length;
    return touched ? `${title} (${number(touched)} touched)` : title;
  }

  /** Show a document; where one was shown before, what differs is marked. */
  load(shown: PageDocument): void {
    this.before = this.shown.map((_, at) => this.modelAt(at));
    this.models = [];
    this.shown = shown.graphs;
    document.title = shown.title;
    part("title", HTMLElement).textContent = shown.title;
    this.graphs.replaceChildren(...this.shown.map((_, at) => make("option", {}, this.nameOf(at))));
    part("graphs-label", HTMLElement).hidden = this.shown.length < 2;
    this.follow();
    document.body.dataset["loaded"] = String(Number(document.body.dataset["loaded"] ?? 0) + 1);
  }

  private follow(): void {
    this.view = fromHash(location.hash);
    this.query.value = this.view.query;
    this.draw();
  }

  /** Change the view. What is being typed does not become steps of the history. */
  private go(change: Partial<View>, replace = false): void {
    this.view = { ...this.view, ...change };
    if (replace) history.replaceState(null, "", toHash(this.view));
    else history.pushState(null, "", toHash(this.view));
    if (this.query.value !== this.view.query) this.query.value = this.view.query;
    this.draw();
  }

  private choose(id: string): void {
    const name = id.replace(/^\w+ /, "");
    if (id.startsWith("task ")) this.go({ task: name, kind: "", to: "" });
    else if (this.view.kind === name || this.view.open.has(name)) this.toggle(name);
    else this.go({ kind: name, task: "", to: "" });
  }

  private toggle(id: string): void {
    const open = new Set(this.view.open);
    if (!open.delete(id)) open.add(id);
    this.go({ open, kind: id, task: "" });
  }

  /** Draw the view anew; the keyboard stays where it was. */
  private draw(): void {
    const focus = focusOf(document.activeElement);
    this.graphs.selectedIndex = this.at;
    this.fillFilters();
    this.fillLists();
    const scene = makeScene(this.model, this.view);
    this.map.show(scene, this.model.phases);
    part("drawn", HTMLElement).textContent = scene.words;
    const chosen = scene.boxes.flatMap((box) => [box, ...box.inside]).find((box) => box.chosen);
    if (chosen) this.map.reveal(chosen.id);
    refocus(focus);
  }

  private fillLists(): void {
    const go = (change: Partial<View>): void => this.go(change);
    fillOutline(
      part("outline", HTMLElement),
      part("found", HTMLElement),
      this.model,
      this.view,
      go,
    );
    const panel = part("panel", HTMLElement);
    fillPanel(panel, this.model, this.view, go);
    const subject = `${this.view.graph} ${this.view.kind} ${this.view.task}`;
    if (panel.dataset["subject"] !== subject) panel.scrollTop = 0;
    panel.dataset["subject"] = subject;
  }

  private fillFilters(): void {
    for (const name of FACET_NAMES) {
      const values = [...new Set(this.model.tasks.flatMap(FACETS[name]))].filter(Boolean).sort();
      const select = part(name, HTMLSelectElement);
      const chosen = this.view.filters[name] ?? "";
      const options = values.map((value) =>
        make("option", { value }, name === "fate" ? (FATES[value] ?? value) : value),
      );
      select.replaceChildren(make("option", { value: "" }, "any"), ...options);
      select.value = chosen;
      select.disabled = values.length < 2 && !chosen;
    }
  }
}

/** What says where the keyboard was, for lists that are made anew. */
function focusOf(element: Element | null): string {
  if (!(element instanceof HTMLElement)) return "";
  for (const name of ["task", "kind", "toggle"]) {
    const value = element.dataset[name];
    if (value) return `[data-${name}="${CSS.escape(value)}"]`;
  }
  return element.closest("#panel") ? "#panel" : "";
}

function refocus(selector: string): void {
  if (selector) document.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true });
}

async function start(): Promise<void> {
  const page = new Page();
  page.load(await unpack(part("document", HTMLScriptElement).text));
  const live = Number(document.body.dataset["live"]);
  if (live) listen(live, (next) => page.load(next), part("problems", HTMLElement));
}

start().catch((error: unknown) => {
  const problems = part("problems", HTMLElement);
  problems.hidden = false;
  problems.textContent = `The page cannot be shown: ${error}`;
});
