// Makes elements. Text becomes text nodes: nothing that a document holds is ever read as markup.

type Child = Node | string;
type Attributes = Record<string, string | boolean | (() => void)>;

/** An element; an attribute that is a function is what a click does, one that is false is left out. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener("click", value);
    else if (value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/** The element of the page with an id. */
export function part<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no ${id}`);
  return found;
}

/** A list of which the first are shown, and the rest when asked for. */
export function longList<T>(
  items: readonly T[],
  most: number,
  show: (item: T) => Child,
): HTMLElement {
  const list = make("ul", {}, ...items.slice(0, most).map((item) => make("li", {}, show(item))));
  if (items.length <= most) return list;
  const rest = items.length - most;
  const more = make("button", { type: "button" }, `show ${rest} more`);
  more.addEventListener("click", () => {
    list.append(...items.slice(most).map((item) => make("li", {}, show(item))));
    (list.children[most]?.querySelector("button, a") as HTMLElement | null)?.focus();
    more.remove();
  });
  return make("div", {}, list, more);
}
