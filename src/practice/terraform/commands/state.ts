import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { PlainFailure } from "../terminal/diagnostic.ts";
import { locked, openWorkspace, type Session, workspaceName } from "../state/session.ts";
import { instancesOf, isSame, serialize, State } from "../state/state.ts";

/** `state pull`: the state as it is stored. */
export async function statePull(session: Session): Promise<number> {
  const { backend } = await openWorkspace(session);
  const state = await backend.read();
  if (state !== undefined) session.streams.out(serialize(state));
  return 0;
}

/** `state list`: its addresses. */
export async function stateList(session: Session): Promise<number> {
  const { backend } = await openWorkspace(session);
  const state = await backend.read();
  if (state === undefined) throw new PlainFailure("No state file was found!");
  for (const address of instancesOf(state).keys()) session.streams.out(`${address}\n`);
  return 0;
}

/** `state push FILE`: refuses an older state and one of another lineage. */
export async function statePush(session: Session): Promise<number> {
  const [file] = session.args.positional;
  if (file === undefined) throw new PlainFailure("Exactly one argument expected.");
  const pushed = State.parse(JSON.parse(readFileSync(resolve(session.dir, file), "utf8")));
  const { backend } = await openWorkspace(session);
  await locked(session, backend, "state-push", async () => {
    const stored = await backend.read();
    if (stored !== undefined && !session.args.has("force")) refuseOlder(pushed, stored);
    await backend.write({ ...pushed, serial: Math.max(pushed.serial, (stored?.serial ?? 0) + 1) });
  });
  return 0;
}

function refuseOlder(pushed: State, stored: State): void {
  const why = refusal(pushed, stored);
  if (why !== undefined) throw new PlainFailure(`Failed to write state: ${why}`);
}

function refusal(pushed: State, stored: State): string | undefined {
  if (pushed.lineage !== stored.lineage) {
    return `cannot import state with lineage "${pushed.lineage}" over unrelated state with lineage "${stored.lineage}"`;
  }
  if (pushed.serial < stored.serial) {
    return `cannot import state with serial ${pushed.serial} over newer state with serial ${stored.serial}`;
  }
  if (pushed.serial > stored.serial || isSame(pushed, stored)) return undefined;
  return `cannot overwrite existing state with serial ${stored.serial} with a different state that has the same serial`;
}

/** `output`: of the state, not of a plan. */
export async function output(session: Session): Promise<number> {
  const { args, streams } = session;
  const { backend } = await openWorkspace(session);
  const outputs = (await backend.read())?.outputs ?? {};
  const [name] = args.positional;
  const found = name === undefined ? undefined : outputs[name];
  if (name !== undefined && found === undefined) throw new PlainFailure(`Output "${name}" not found`);
  if (found !== undefined)
    streams.out(args.has("raw") ? String(found.value) : `${JSON.stringify(found.value)}\n`);
  else if (args.has("json")) {
    const described = Object.entries(outputs).map(([key, { value, type }]) => [
      key,
      { sensitive: false, type, value },
    ]);
    streams.out(`${JSON.stringify(Object.fromEntries(described), undefined, 2)}\n`);
  } else
    for (const [key, { value }] of Object.entries(outputs))
      streams.out(`${key} = ${JSON.stringify(value)}\n`);
  return 0;
}

/** `workspace show`. */
export async function workspaceShow({ streams, env }: Session): Promise<number> {
  streams.out(`${workspaceName(env)}\n`);
  return Promise.resolve(0);
}
