import { closeSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import path from "node:path";

/** Makes a private directory and those above it, so that they are still there after a power cut. */
export function makeDirectory(dir: string): void {
  const first = mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  // A name is durable when the directory that holds it is.
  for (let above = path.dirname(dir); ; above = path.dirname(above)) {
    syncDirectory(above);
    if (above === path.dirname(first)) return;
  }
}

/** Makes the names in a directory durable. */
export function syncDirectory(dir: string): void {
  const descriptor = openSync(dir, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
