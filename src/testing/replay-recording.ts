import { RunbookError } from "../model/error.ts";
import type { Runbook } from "../runbook/types.ts";
import { pathOf } from "./path.ts";
import type { Recording } from "./recording.ts";
import { driveToEnd, stage, type Simulated } from "./simulate.ts";

/** A past run on an edited runbook: the states that both went through, and how each goes on from there. */
export interface Divergence {
  readonly together: readonly string[];
  readonly recorded: PathAndEnd;
  readonly now: PathAndEnd;
  /** What the recording does not know although the runbook asks for it. */
  readonly unknown: string | null;
}

export interface PathAndEnd {
  readonly path: readonly string[];
  readonly end: Recording["end"] | Simulated["end"];
}

/** Whether the runbook still does what it did then. */
export function isSame({ recorded, now, unknown }: Divergence): boolean {
  return recorded.path.length === 0 && now.path.length === 0 && recorded.end === now.end && unknown === null;
}

/** Plays a recorded run on a runbook and says where the paths part. */
export async function replayRecording(runbook: Runbook, recording: Recording): Promise<Divergence> {
  const { path, end, unknown } = await replay(runbook, recording);
  const parted = path.findIndex((state, index) => state !== recording.path[index]);
  const shared = parted === -1 ? Math.min(path.length, recording.path.length) : parted;
  return {
    together: path.slice(0, shared),
    recorded: { path: recording.path.slice(shared), end: recording.end },
    now: { path: path.slice(shared), end },
    unknown,
  };
}

async function replay(
  runbook: Runbook,
  recording: Recording,
): Promise<PathAndEnd & { readonly unknown: string | null }> {
  const on = stage(runbook, recording);
  try {
    const { path, end } = await driveToEnd(on, { engine: (host) => host, isDeath: () => false });
    return { path, end: end === "waiting" ? "open" : end, unknown: null };
  } catch (error) {
    if (!(error instanceof RunbookError && error.code === "SIMULATION_BROKEN")) throw error;
    return { path: pathOf(on.log.all()), end: "open", unknown: error.message };
  }
}
