import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { z } from "zod";
import { whoAmI } from "../../../system/account.ts";
import { terraformVersion } from "../terminal/view.ts";

/** The lock object, with the member names that terraform writes. */
export const LockInfo = z.looseObject({
  ID: z.string().default(""),
  Operation: z.string().default(""),
  Info: z.string().default(""),
  Who: z.string().default(""),
  Version: z.string().default(""),
  Created: z.string().default("0001-01-01T00:00:00Z"),
  Path: z.string().default(""),
});

export type LockInfo = z.infer<typeof LockInfo>;

export function newLock(operation: string, path: string): LockInfo {
  return {
    ID: randomUUID(),
    Operation: operation,
    Info: "",
    Who: `${whoAmI().name}@${hostname()}`,
    Version: terraformVersion,
    Created: new Date().toISOString(),
    Path: path,
  };
}

/** The block that follows every lock error. */
export function lockText(lock: LockInfo): string {
  const rows = [
    ["ID:", lock.ID],
    ["Path:", lock.Path],
    ["Operation:", lock.Operation],
    ["Who:", lock.Who],
    ["Version:", lock.Version],
    ["Created:", goTime(lock.Created)],
    ["Info:", lock.Info],
  ] as const;
  return `Lock Info:\n${rows.map(([name, value]) => `  ${name.padEnd(11)}${value}\n`).join("")}`;
}

/** `2026-11-22T19:05:01.087371568Z` as Go prints a time: `2026-11-22 19:05:01.087371568 +0000 UTC`. */
function goTime(iso: string): string {
  const [, date = "", time = "", fraction = ""] = /^([^T]+)T([^.Z]+)(\.\d+)?Z$/.exec(iso) ?? [];
  const digits = fraction.replace(/\.?0+$/, "");
  return `${date} ${time}${digits} +0000 UTC`;
}
