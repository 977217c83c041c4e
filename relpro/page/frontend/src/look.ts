// How boxes and lines look, by their classes; the colours are those of the style sheet.

import type cytoscape from "cytoscape";

/** The drawing in the colours of the style sheet. */
export function styles(holder: HTMLElement): cytoscape.StylesheetStyle[] {
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
        "min-zoomed-font-size": 4,
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
    {
      selector: ".news",
      style: {
        "border-width": 4,
        "border-color": colour("news"),
        "border-style": "double" as const,
      },
    },
    { selector: ".chosen", style: { "border-width": 4, "border-color": colour("chosen") } },
    {
      selector: ".cursor",
      style: { "outline-width": 3, "outline-color": colour("chosen"), "outline-offset": 3 },
    },
    {
      selector: ".line",
      style: {
        width: 1,
        "line-color": colour("line"),
        "curve-style": "haystack",
        "z-index": 2,
        opacity: 0.6,
        events: "no",
      },
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
    {
      selector: ".bent.arrow",
      style: {
        "curve-style": "round-segments",
        "edge-distances": "node-position",
        "segment-weights": "data(weights)" as unknown as number[],
        "segment-distances": "data(distances)" as unknown as number[],
        "segment-radii": [24],
      },
    },
    { selector: ".soft", style: { "line-style": "dashed" } },
    { selector: ".faint", style: { opacity: 0.1 } },
    {
      selector: ".own",
      style: {
        width: 2.5,
        "line-color": colour("chosen"),
        "target-arrow-color": colour("chosen"),
        opacity: 1,
        "z-index": 4,
      },
    },
  ];
}
