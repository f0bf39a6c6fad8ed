import { existsSync, statfsSync } from "node:fs";
import path from "node:path";
import { RunbookError } from "../model/error.ts";

/**
 * File systems that do not keep a database, by the type that Linux gives them (statfs(2)). On those of other machines
 * SQLite's write-ahead log lacks the memory that all its users share, and a sync promises less; what lies behind FUSE is
 * not known; in those of the kernel nobody can make a file.
 */
const unfit: Readonly<Record<number, string>> = {
  0x6969: "NFS",
  0x517b: "SMB",
  0xff534d42: "CIFS",
  0xfe534d42: "SMB2",
  0x5346414f: "AFS",
  0xc36400: "Ceph",
  0xbd00bd0: "Lustre",
  0x1021997: "9P",
  0x65735546: "FUSE",
  0x9fa0: "proc",
  0x62656572: "sysfs",
};

/** Refuses a directory, there already or not, that is not on a disk of this machine, as far as its type tells. */
export function refuseUnfit(dir: string, typeOf = (at: string): number => statfsSync(at).type): void {
  let there = path.resolve(dir);
  while (!existsSync(there)) there = path.dirname(there);
  // A type above 2^31 may come with its sign.
  const name = unfit[typeOf(there) >>> 0];
  if (name === undefined) return;
  throw new RunbookError(
    "STATE_MISPLACED",
    `\`${dir}\` is on a file system that does not keep a database (${name}).`,
  );
}
