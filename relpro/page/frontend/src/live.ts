// Takes new documents from the server of the page, and what stands in their way.

import type { PageDocument } from "./document";

interface State {
  number: number;
  problems: string;
}

/** Listen to the server; `shown` is the number of the document that is shown. */
export function listen(
  shown: number,
  show: (next: PageDocument) => void,
  problems: HTMLElement,
): void {
  const events = new EventSource("events");
  const say = (words: string): void => {
    problems.textContent = words;
    problems.hidden = words === "";
  };
  events.addEventListener("state", async (event) => {
    const state = JSON.parse(event.data) as State;
    if (state.number !== shown) {
      const answer = await fetch("document");
      if (!answer.ok) return;
      shown = state.number;
      show((await answer.json()) as PageDocument);
    }
    say(state.problems);
  });
  events.addEventListener("error", () => {
    say("The server of this page does not answer: what is shown may be old.");
  });
}
