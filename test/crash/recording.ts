import { readFileSync } from "node:fs";
import path from "node:path";

/** One thing that an engine asked the disk to do; paths are relative to the directory that was watched. */
export type Entry =
  | { readonly type: "create" | "mkdir"; readonly path: string; readonly inode: bigint }
  | { readonly type: "write"; readonly inode: bigint; readonly offset: number; readonly bytes: Buffer }
  | { readonly type: "truncate"; readonly inode: bigint; readonly size: number }
  | { readonly type: "sync"; readonly inode: bigint }
  | { readonly type: "rename" | "link"; readonly path: string; readonly to: string }
  | { readonly type: "remove"; readonly path: string }
  /** Somebody else than SQLite opened a file of the database that was there already. */
  | { readonly type: "foreign"; readonly path: string }
  /** The engine has told somebody that an event and all before it are stored; it is no request to the disk. */
  | ({ readonly type: "acknowledge" } & Acknowledged);

/** An event of which the engine had told that it is stored, and perhaps in the anchor too. */
export interface Acknowledged {
  readonly seq: number;
  readonly hash: string;
  readonly isAnchored: boolean;
}

/** In the watched directory, the file to whose end an engine writes what it has told. */
export const acknowledgements = "acknowledged";

const headSize = 32;

/** Reads what write-log.c has written, in order. */
export function readRecording(file: string, root: string): readonly Entry[] {
  const all = readFileSync(file);
  const entries: Entry[] = [];
  let told: bigint | undefined;
  for (let at = 0; at < all.length;) {
    const operation = String.fromCodePoint(all.readUInt32LE(at));
    const [first, second] = [all.readUInt32LE(at + 4), all.readUInt32LE(at + 8)];
    const [inode, offset] = [all.readBigUInt64LE(at + 16), Number(all.readBigInt64LE(at + 24))];
    const bytes = all.subarray(at + headSize, at + headSize + first);
    const text = all.toString("utf8", at + headSize + first, at + headSize + first + second);
    at += headSize + first + second;
    const place = (name: string): string => path.relative(root, name);
    if (operation === "C" && place(bytes.toString()) === acknowledgements) told = inode;
    else if (operation === "W" && inode === told) entries.push(...acknowledged(bytes.toString()));
    else if (inode === told && told !== undefined) continue;
    else if (operation === "W") entries.push({ type: "write", inode, offset, bytes });
    else entries.push(toEntry(operation, { inode, offset, path: place(bytes.toString()), to: place(text) }));
  }
  return entries;
}

function toEntry(
  operation: string,
  { inode, offset, path: name, to }: { inode: bigint; offset: number; path: string; to: string },
): Entry {
  switch (operation) {
    case "C":
      return { type: "create", path: name, inode };
    case "D":
      return { type: "mkdir", path: name, inode };
    case "T":
      return { type: "truncate", inode, size: offset };
    case "S":
      return { type: "sync", inode };
    case "R":
      return { type: "rename", path: name, to };
    case "L":
      return { type: "link", path: name, to };
    case "F":
      return { type: "foreign", path: name };
    case "U":
      return { type: "remove", path: name };
    default:
      throw new Error(`The recording has an operation ${operation}.`);
  }
}

/** What an engine wrote to that file. */
export function acknowledged(text: string): readonly (Acknowledged & { readonly type: "acknowledge" })[] {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [seq, hash = "", where] = line.split(" ");
      return { type: "acknowledge", seq: Number(seq), hash, isAnchored: where === "anchored" } as const;
    });
}
