import { sha256 } from "../../src/model/json.ts";
import type { Artifact } from "../../src/model/event.ts";
import { reportOf, type Report } from "../../src/report/record.ts";
import { started, type scribe } from "../support/made-events.ts";

/** Files by their digest, as a record keeps them. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** A step's evidence, and what a record keeps of it. */
export function keep(name: string, content: string | Uint8Array): readonly [Artifact, Files] {
  const bytes = Buffer.from(content);
  const digest = sha256(bytes);
  return [{ name, sha256: digest, bytes: bytes.length }, new Map([[digest, bytes]])];
}

/** The report of a run that was told to a scribe. */
export function made(
  { events }: Pick<ReturnType<typeof scribe>, "events">,
  files: Files = new Map(),
): Report {
  const artifact = async (digest: string): Promise<Uint8Array> => {
    const bytes = files.get(digest);
    if (bytes === undefined) throw new Error("there is no such file");
    return bytes;
  };
  return reportOf({
    events: [events],
    artifact,
    verified: { events: events.length, head: null, checks: [] },
  });
}

/** Tells of a step that began and ended well. */
export function did(
  { events, add }: ReturnType<typeof scribe>,
  step: string,
  more: {
    readonly kind?: string;
    readonly effect?: "read" | "write";
    readonly input?: Parameters<typeof started>[2];
    readonly output?: Parameters<typeof started>[2];
    readonly artifacts?: readonly Artifact[];
  } = {},
): void {
  const { kind = "test.step", effect = "read", input = {}, output = {}, artifacts = [] } = more;
  add("step.started", { ...started(step, kind, input), effect });
  add("step.succeeded", { step, attempt: 1, output });
  const last = events.pop();
  if (last !== undefined) events.push({ ...last, artifacts });
}
