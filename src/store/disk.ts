import { existsSync, statfsSync } from "node:fs";
import path from "node:path";
import { RunbookError } from "../model/error.ts";

/**
 * File systems of other machines, by the type that Linux gives them (statfs(2)): SQLite's write-ahead log lacks the memory
 * there that all its users share, and a sync promises less. What lies behind FUSE is not known.
 */
const remote: Readonly<Record<number, string>> = {
  0x6969: "NFS",
  0x517b: "SMB",
  0xff534d42: "CIFS",
  0xfe534d42: "SMB2",
  0x5346414f: "AFS",
  0xc36400: "Ceph",
  0xbd00bd0: "Lustre",
  0x1021997: "9P",
  0x65735546: "FUSE",
};
/** Those in which nobody can make a file: Node would try for ever to make a directory there. */
const kernel: Readonly<Record<number, string>> = { 0x9fa0: "proc", 0x62656572: "sysfs" };

/** Refuses a database that would not be on a disk of this machine, as far as the type of its file system tells. */
export function refuseUnfit(file: string, typeOf = (at: string): number => statfsSync(at).type): void {
  let there = path.dirname(path.resolve(file));
  while (!existsSync(there)) there = path.dirname(there);
  // A type above 2^31 may come with its sign.
  const type = typeOf(there) >>> 0;
  const [far, inner] = [remote[type], kernel[type]];
  if (far !== undefined)
    throw new RunbookError("STATE_REMOTE", `\`${file}\` would be on a file system over a network (${far}).`);
  if (inner !== undefined)
    throw new RunbookError(
      "STATE_UNWRITABLE",
      `\`${file}\` would be among the kernel's own files (${inner}).`,
    );
}
