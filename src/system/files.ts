/**
 * Files that are there whole or not at all. `writeWhole` is enough for what can be made again: another process never sees
 * half of it. `writeDurably` also waits for the disk: when it returns, the file outlives a power cut.
 */
import { randomUUID } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import path from "node:path";

/** Replaces a file, whole for every reader. */
export function writeWhole(file: string, content: string): void {
  replace(file, (temporary) => writeFileSync(temporary, content, { flag: "wx", mode: 0o600 }));
}

/** Replaces a file, whole and durable, without letting anything else of this process run meanwhile. */
export function writeDurablyNow(file: string, content: string): void {
  replace(file, (temporary) => writeFileSync(temporary, content, { flag: "wx", mode: 0o600, flush: true }));
  syncDirectory(path.dirname(file));
}

/** Replaces a file, whole and durable: the bytes first, then the name, then the directory that holds the name. */
export async function writeDurably(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = temporaryFor(file);
  try {
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  syncDirectory(path.dirname(file));
}

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

function replace(file: string, write: (temporary: string) => void): void {
  const temporary = temporaryFor(file);
  try {
    write(temporary);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** A name of its own: the same file may be written twice at once. */
function temporaryFor(file: string): string {
  return `${file}.${randomUUID()}.tmp`;
}
