/** Ways to tamper with a bundle: thirteen classes, each with its variants drawn from a seed. */
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { canonical } from "../../src/model/json.ts";
import { statementOf } from "../../src/model/head-note.ts";

/** A bundle that can be changed: lines of events and of notes, and the other files. */
export interface Open {
  lines: string[];
  notes: string[];
  readonly files: Map<string, Buffer>;
}

export interface Given {
  readonly bundle: Open;
  /** An older copy of the same run's record, and that of another run. */
  readonly older: Open;
  readonly other: Open;
  /** A number from 0 to below the bound. */
  readonly below: (bound: number) => number;
}

/** Numbers that are the same in every run of the tests (mulberry32). */
export function random(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

type Event = Record<string, unknown> & { data?: Record<string, unknown>; seq: number; type: string };

const envelope = ["actor", "at", "commitment", "log", "prev", "rseq", "run", "seq", "type", "v"];

function part(event: Event, names: readonly string[], isIn: boolean): string {
  return canonical(
    Object.fromEntries(Object.entries(event).filter(([name]) => names.includes(name) === isIn)),
  );
}

/** Makes every digest and hash from a line on fit again, as somebody does who knows the format. */
function refit(open: Open): void {
  let before: string | undefined;
  open.lines = open.lines.map((line, index) => {
    const event = JSON.parse(line) as Event;
    const data = event.data === undefined ? undefined : part(event, envelope, false);
    if (data !== undefined) event["commitment"] = createHash("sha256").update(data).digest("hex");
    if (index > 0) event["prev"] = before;
    const body = part(event, envelope, true);
    before = createHash("sha256").update(`\0${body}`).digest("hex");
    return data === undefined ? body : `${body.slice(0, -1)},${data.slice(1)}`;
  });
}

/** Also makes the notes fit, without the key: signatures are left out. */
function renote(open: Open): void {
  const hashes = new Map(
    open.lines.map((line) => {
      const body = part(JSON.parse(line) as Event, envelope, true);
      return [(JSON.parse(line) as Event).seq, createHash("sha256").update(`\0${body}`).digest("hex")];
    }),
  );
  open.notes = open.notes.flatMap((note) => {
    const seq = Number(note.split(" ")[0]);
    return hashes.has(seq) ? [`${seq} ${hashes.get(seq)}`] : [];
  });
}

/** A forger's own key, and his signatures. */
const forger = generateKeyPairSync("ed25519");
function resign(open: Open): void {
  const pem = String(forger.publicKey.export({ type: "spki", format: "pem" }));
  const der = forger.publicKey.export({ type: "spki", format: "der" });
  const name = createHash("sha256").update(der).digest("hex");
  const { log } = JSON.parse(open.lines[0] ?? "{}") as { log: string };
  // Only the last: each signature costs the other verifier a process.
  const [seq, hash = ""] = open.notes.at(-1)?.split(" ") ?? [];
  const heads = open.notes.map((note) => note.split(" ").slice(0, 2).join(" "));
  const statement = statementOf(log, { seq: Number(seq), hash });
  const signature = sign(null, Buffer.from(statement), forger.privateKey).toString("base64");
  open.notes = [...heads.slice(0, -1), `${seq} ${hash} ${name} ${signature}`];
  open.files.set("key.pem", Buffer.from(pem));
}

/** How far the forger goes: only the change, or everything made to fit, or all of it under a key of his own. */
function cover(open: Open, below: Given["below"]): void {
  const depth = below(4);
  if (depth >= 1) refit(open);
  if (depth >= 2) renote(open);
  if (depth >= 3) resign(open);
}

function change(open: Open, index: number, edit: (event: Event) => void): void {
  const event = JSON.parse(open.lines[index] ?? "{}") as Event;
  edit(event);
  open.lines[index] = canonical(event);
  const data = event.data === undefined ? undefined : part(event, envelope, false);
  const body = part(event, envelope, true);
  open.lines[index] = data === undefined ? body : `${body.slice(0, -1)},${data.slice(1)}`;
}

function indexOf(open: Open, type: string, below: Given["below"]): number {
  const found = open.lines.flatMap((line, index) =>
    (JSON.parse(line) as Event).type === type ? [index] : [],
  );
  return found[below(found.length)] ?? 0;
}

/** An event in the middle: the first and the last have classes of their own. */
function middle({ bundle, below }: Given): number {
  return 1 + below(bundle.lines.length - 2);
}

function renumber(open: Open): void {
  const counts = new Map<unknown, number>();
  const first = (JSON.parse(open.lines[0] ?? "{}") as Event).seq;
  open.lines.forEach((_, index) =>
    change(open, index, (event) => {
      event.seq = first + index;
      const known = counts.get(event["run"]);
      event["rseq"] = known === undefined ? event["rseq"] : known + 1;
      counts.set(event["run"], Number(event["rseq"]));
    }),
  );
}

export const classes: Readonly<Record<string, (given: Given) => void>> = {
  "edit an event": (given) => {
    const { bundle, below } = given;
    let index = middle(given);
    while (!(bundle.lines[index] ?? "").includes('"salt"')) index = 1 + (index % (bundle.lines.length - 2));
    change(bundle, index, (event) => {
      if (below(2) === 0) event["actor"] = { kind: "human", id: "mallory", identified: "os-user" };
      else event.data = { ...event.data, forged: below(1_000) };
    });
    cover(bundle, below);
  },
  "delete an event": (given) => {
    given.bundle.lines.splice(middle(given), 1);
    if (given.below(2) === 0) renumber(given.bundle);
    cover(given.bundle, given.below);
  },
  "insert an event": (given) => {
    const { bundle, below } = given;
    const index = middle(given);
    bundle.lines.splice(index, 0, bundle.lines[index] ?? "");
    change(
      bundle,
      index,
      (event) => void (event["at"] = (JSON.parse(bundle.lines[index - 1] ?? "") as Event)["at"]),
    );
    if (below(2) === 0) renumber(bundle);
    cover(bundle, below);
  },
  "reorder events": (given) => {
    const { bundle, below } = given;
    const index = 1 + below(bundle.lines.length - 3);
    const [one = "", two = ""] = bundle.lines.splice(index, 2);
    bundle.lines.splice(index, 0, two, one);
    if (below(2) === 0) renumber(bundle);
    cover(bundle, below);
  },
  "truncate the tail": ({ bundle, below }) => {
    bundle.lines.length -= 1 + below(bundle.lines.length - 2);
    if (below(2) === 0) renote(bundle);
  },
  "restore an old copy": ({ bundle, older, below }) => {
    const kind = below(4);
    bundle.lines = [...older.lines];
    if (kind !== 1) bundle.notes = [...older.notes];
    // As it was once made; else dressed up as a newer one.
    if (kind === 2)
      change(bundle, bundle.lines.length - 1, (event) => void (event["at"] = "2099-01-01T00:00:00.000Z"));
    if (kind === 3) bundle.lines.push(older.lines.at(-1) ?? "");
  },
  "swap runs": ({ bundle, other, below }) => {
    if (below(2) === 0) bundle.lines = [...other.lines.slice(0, -1), bundle.lines.at(-1) ?? ""];
    else {
      const index = 1 + below(Math.min(other.lines.length, bundle.lines.length) - 2);
      bundle.lines[index] = other.lines[index] ?? "";
    }
    if (below(3) === 0) refit(bundle);
  },
  "edit a blob": ({ bundle, below }) => {
    const blobs = [...bundle.files.keys()].filter((name) => name.startsWith("blobs/"));
    const name = blobs[below(blobs.length)] ?? "";
    const bytes = Buffer.from(bundle.files.get(name) ?? "");
    const kind = below(3);
    if (kind === 0) bundle.files.delete(name);
    else if (kind === 1) bundle.files.set(name, Buffer.concat([bytes, Buffer.from("\n")]));
    else
      bundle.files.set(
        name,
        Buffer.from(bytes.map((byte, at) => (at === below(bytes.length) ? byte ^ 1 : byte ^ 2))),
      );
  },
  "edit the anchors": ({ bundle, below }) => {
    const index = below(bundle.notes.length);
    const [seq = "", hash = "", ...rest] = (bundle.notes[index] ?? "").split(" ");
    const kind = below(5);
    const flipped = `${hash.startsWith("0") ? "1" : "0"}${hash.slice(1)}`;
    if (kind === 0) bundle.notes[index] = [seq, flipped, ...rest].join(" ");
    if (kind === 1) bundle.notes.splice(index, 1);
    if (kind === 2) bundle.notes[index] = `${Number(seq) + 1} ${[hash, ...rest].join(" ")}`;
    if (kind === 3) bundle.notes.splice(index, 0, "forged");
    if (kind === 4) bundle.notes = [];
  },
  "edit the runbook's source": ({ bundle, below }) => {
    const name = [...bundle.files.keys()].find((file) => file.startsWith("runbooks/")) ?? "";
    const text = `${bundle.files.get(name)?.toString() ?? ""}\n// ${below(1_000_000)}\n`;
    const digest = createHash("sha256").update(text).digest("hex");
    if (below(2) === 0) bundle.files.set(name, Buffer.from(text));
    else {
      bundle.files.set(`runbooks/${digest}`, Buffer.from(text));
      const index = indexOf(bundle, "run.started", below);
      change(bundle, index, (event) => {
        event.data = { ...event.data, runbook: { id: "outer", title: "Plan and apply", source: digest } };
      });
      cover(bundle, below);
    }
  },
  "forge an approval": ({ bundle, below }) => {
    const kind = below(3);
    if (kind === 0) {
      change(bundle, indexOf(bundle, "approval.granted", below), (event) => {
        event["actor"] = { kind: "human", id: `boss${below(100)}`, identified: "os-user" };
      });
    } else if (kind === 1) {
      change(bundle, indexOf(bundle, "gate.opened", below), (event) => {
        event.data = { ...event.data, title: `Nothing will happen ${below(100)}` };
      });
    } else {
      change(bundle, indexOf(bundle, "step.started", below), (event) => {
        event.data = {
          ...event.data,
          input: {
            sha256: createHash("sha256")
              .update(String(below(100)))
              .digest("hex"),
          },
        };
      });
    }
    cover(bundle, below);
  },
  "change a timestamp": (given) => {
    const { bundle, below } = given;
    change(bundle, middle(given), (event) => {
      const at = Date.parse(String(event["at"])) + (1 + below(100_000)) * (below(2) === 0 ? 1 : -1);
      event["at"] = new Date(at).toISOString();
    });
    cover(bundle, below);
  },
  "replace the key": ({ bundle, below }) => {
    const kind = below(3);
    if (kind === 0) resign(bundle);
    else if (kind === 1)
      bundle.files.set("key.pem", Buffer.from(forger.publicKey.export({ type: "spki", format: "pem" })));
    else {
      change(
        bundle,
        1 + below(bundle.lines.length - 2),
        (event) => void (event["actor"] = { forged: below(100) }),
      );
      refit(bundle);
      renote(bundle);
      resign(bundle);
    }
  },
};
