/**
 * A disk that may forget: what was synced is there after a power cut, and of what was written since then any part.
 *
 * K1  A sync of a file keeps all bytes written to it before, and not its name; a sync of a directory keeps its names.
 * K2  Of writes that were not synced any may be lost, in any order, and each may be torn at a sector's border.
 * K3  Names change in the order in which they were changed: file systems write that down in a journal.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Entry } from "./recording.ts";

/** Decides what survives of that which was not synced. */
export interface Fate {
  /** How many of so many changes of a directory's names. */
  readonly names: (count: number) => number;
  /** Whether a write survives: whole, not at all, or only some of its sectors. */
  readonly write: (index: number, count: number) => "kept" | "lost" | "torn";
  readonly sector: () => boolean;
}

type Change = { readonly offset: number; readonly bytes: Buffer } | { readonly size: number };

interface File {
  readonly type: "file";
  /** What was synced; the buffer may be longer than the file. */
  kept: Buffer;
  size: number;
  readonly pending: Change[];
}

interface Directory {
  readonly type: "directory";
  readonly kept: Map<string, File | Directory>;
  readonly pending: ((names: Map<string, File | Directory>) => void)[];
  /** The names as the engine sees them. */
  readonly seen: Map<string, File | Directory>;
}

const sectorSize = 512;

export interface Disk {
  readonly apply: (entry: Entry) => void;
  /** Writes what a power cut now would leave into a directory. */
  readonly cut: (into: string, fate: Fate) => void;
}

export function createDisk(): Disk {
  const root = directory();
  const byInode = new Map<bigint, File | Directory>();
  const parentOf = (name: string): Directory => {
    const found = name
      .split("/")
      .slice(0, -1)
      .reduce<File | Directory | undefined>(
        (dir, part) => (dir?.type === "directory" ? dir.seen.get(part) : undefined),
        root,
      );
    if (found?.type !== "directory") throw new Error(`Nobody made the directory of ${name}.`);
    return found;
  };
  const rename = (dir: Directory, change: Directory["pending"][number]): void => {
    change(dir.seen);
    dir.pending.push(change);
  };
  return {
    apply: (entry) => {
      switch (entry.type) {
        case "create":
        case "mkdir": {
          const made = entry.type === "create" ? file() : directory();
          byInode.set(entry.inode, made);
          if (entry.path === "") return;
          rename(parentOf(entry.path), (names) => void names.set(path.basename(entry.path), made));
          return;
        }
        case "write":
        case "truncate": {
          const node = byInode.get(entry.inode);
          if (node?.type === "file") node.pending.push(entry);
          return;
        }
        case "sync":
          return sync(byInode.get(entry.inode) ?? root);
        case "rename":
        case "link": {
          const [from, to] = [path.basename(entry.path), path.basename(entry.to)];
          const dir = parentOf(entry.path);
          if (dir !== parentOf(entry.to)) throw new Error("A file was moved to another directory.");
          return rename(dir, (names) => {
            const moved = names.get(from);
            if (entry.type === "rename") names.delete(from);
            if (moved !== undefined) names.set(to, moved);
          });
        }
        case "remove":
          return rename(parentOf(entry.path), (names) => void names.delete(path.basename(entry.path)));
        default:
      }
    },
    cut: (into, fate) => leave(root, into, fate),
  };
}

function file(): File {
  return { type: "file", kept: Buffer.alloc(0), size: 0, pending: [] };
}

function directory(): Directory {
  return { type: "directory", kept: new Map(), pending: [], seen: new Map() };
}

function sync(node: File | Directory): void {
  if (node.type === "directory") for (const change of node.pending.splice(0)) change(node.kept);
  else for (const change of node.pending.splice(0)) alter(node, change);
}

function alter(to: Pick<File, "kept" | "size">, change: Change): void {
  const end = "size" in change ? change.size : change.offset + change.bytes.length;
  if (end > to.kept.length) {
    const larger = Buffer.alloc(Math.max(end, 2 * to.kept.length));
    to.kept.copy(larger, 0, 0, to.size);
    to.kept = larger;
  }
  if ("size" in change) {
    to.kept.fill(0, Math.min(change.size, to.size), to.size);
    to.size = change.size;
  } else {
    change.bytes.copy(to.kept, change.offset);
    to.size = Math.max(to.size, end);
  }
}

function leave(dir: Directory, into: string, fate: Fate): void {
  mkdirSync(into, { mode: 0o700 });
  const names = new Map(dir.kept);
  for (const change of dir.pending.slice(0, fate.names(dir.pending.length))) change(names);
  for (const [name, node] of names) {
    const place = path.join(into, name);
    if (node.type === "directory") leave(node, place, fate);
    else writeFileSync(place, leftOf(node, fate), { mode: 0o600 });
  }
}

function leftOf(from: File, fate: Fate): Buffer {
  const left = { kept: Buffer.from(from.kept.subarray(0, from.size)), size: from.size };
  from.pending.forEach((change, index) => {
    const verdict = fate.write(index, from.pending.length);
    if (verdict === "kept" || (verdict === "torn" && "size" in change)) alter(left, change);
    if (verdict === "torn" && !("size" in change)) tear(left, change, fate);
  });
  return left.kept.subarray(0, left.size);
}

function tear(
  to: Pick<File, "kept" | "size">,
  { offset, bytes }: Extract<Change, { readonly bytes: Buffer }>,
  fate: Fate,
): void {
  for (let from = 0; from < bytes.length;) {
    const border = Math.min(bytes.length, from + sectorSize - ((offset + from) % sectorSize));
    if (fate.sector()) alter(to, { offset: offset + from, bytes: bytes.subarray(from, border) });
    from = border;
  }
}
