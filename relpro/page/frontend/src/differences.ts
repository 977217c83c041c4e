// Takes two values as JSON knows them, gives what differs: the smallest parts, by their paths.

import type { Change } from "./document";

type Json = unknown;

export function differences(before: Json, after: Json, path = ""): Change[] {
  if (isMapping(before) && isMapping(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) =>
      differences(before[name], after[name], path ? `${path}.${name}` : name),
    );
  }
  const [old, now] = [said(before), said(after)];
  if (old === now) return [];
  return [
    {
      path,
      ...(old === undefined ? {} : { before: old }),
      ...(now === undefined ? {} : { after: now }),
    },
  ];
}

function isMapping(value: Json): value is Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value in words; nothing for one that is not there. */
function said(value: Json): string | undefined {
  return typeof value === "string" ? value : JSON.stringify(value);
}
