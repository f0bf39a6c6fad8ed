/**
 * The key that signs the log's heads. It lies beside the anchors and not beside the database: whoever copies, restores
 * or rewrites the database's directory does not have it. Whoever controls the operator's account does.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fingerprintOf, statementOf, type HeadNote } from "../model/head-note.ts";
import { makeDirectory, syncDirectory } from "../system/files.ts";

export interface Key {
  readonly file: string;
  readonly publicPem: string;
  readonly fingerprint: string;
  readonly sign: (head: Pick<HeadNote, "seq" | "hash">) => NonNullable<HeadNote["signed"]>;
}

/** Where the key of a log is. */
export function keyFile(anchors: string, log: string): string {
  return path.join(path.dirname(anchors), "keys", `${log}.pem`);
}

/** The key of a log; null when nothing was signed here yet. */
export function findKey(file: string, log: string): Key | null {
  return existsSync(file) ? read(file, log) : null;
}

/** The key of a log, made at its first use. */
export function openKey(file: string, log: string): Key {
  if (!existsSync(file)) create(file);
  return read(file, log);
}

function read(file: string, log: string): Key {
  const secret = createPrivateKey(readFileSync(file));
  const publicPem = String(createPublicKey(secret).export({ type: "spki", format: "pem" }));
  const fingerprint = fingerprintOf(publicPem);
  return {
    file,
    publicPem,
    fingerprint,
    sign: (head) => {
      const signature = sign(null, Buffer.from(statementOf(log, head)), secret).toString("base64");
      return { fingerprint, signature };
    },
  };
}

/** Whole or not at all; of two processes that make one at once, the first wins. */
function create(file: string): void {
  makeDirectory(path.dirname(file));
  const { privateKey } = generateKeyPairSync("ed25519");
  const temporary = `${file}.${randomUUID()}.tmp`;
  writeFileSync(temporary, privateKey.export({ type: "pkcs8", format: "pem" }), {
    mode: 0o600,
    flag: "wx",
    flush: true,
  });
  try {
    linkSync(temporary, file);
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  // A signature is worth something only with its key.
  syncDirectory(path.dirname(file));
}
