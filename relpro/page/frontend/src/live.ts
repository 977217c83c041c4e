// Takes new documents from the server of the page, and what stands in their way.

import type { PageDocument } from "./document";

export function listen(show: (shown: PageDocument) => void, problems: HTMLElement): void {
  const events = new EventSource("events");
  const say = (words: string): void => {
    problems.textContent = words;
    problems.hidden = words === "";
  };
  let lost = false;
  events.addEventListener("document", async () => {
    const answer = await fetch("document");
    if (!answer.ok) return;
    show((await answer.json()) as PageDocument);
    say("");
  });
  events.addEventListener("problems", (event) => say(JSON.parse(event.data) as string));
  events.addEventListener("open", () => {
    if (lost) say("");
    lost = false;
  });
  events.addEventListener("error", () => {
    lost = true;
    say("The server of this page does not answer: what is shown may be old.");
  });
}
