// The document that the page shows: how it looks, and how it is read. `relpro/page/document.py`
// writes it.

/** A task as it stands in a graph file. */
export interface TaskText {
  kind: string;
  label: string;
  description: string;
  attributes: Record<string, unknown>;
  dependencies: Record<string, string>;
  soft_dependencies: string[];
  task: Record<string, unknown>;
}

/** A value that differs; a missing side is not there. */
export interface Change {
  path: string;
  before?: string;
  after?: string;
}

/** What a graph file does not hold of a task. */
export interface About {
  fate?: string;
  why?: string[];
  chain?: string[];
  place?: string;
  artifacts?: string[];
  changes?: Change[];
  was?: string;
}

/** A line about several tasks. */
export interface Line {
  sign: string;
  text: string;
  labels: string[];
}

/** Lines under a heading. */
export interface Section {
  heading: string;
  lines: Line[];
}

export interface GraphText {
  title: string;
  phases: string[];
  tasks: Record<string, TaskText>;
  about: Record<string, About>;
  sections: Section[];
}

export interface PageDocument {
  format: 1;
  title: string;
  graphs: GraphText[];
}

/** The document of a page: gzipped JSON in base64. */
export async function unpack(packed: string): Promise<PageDocument> {
  const bytes = Uint8Array.from(atob(packed.trim()), (sign) => sign.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return (await new Response(stream).json()) as PageDocument;
}
