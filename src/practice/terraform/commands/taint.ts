import { failure, PlainFailure } from "../terminal/diagnostic.ts";
import { locked, openWorkspace, type Session } from "../state/session.ts";
import { emptyState, instancesOf, isSame, withInstance } from "../state/state.ts";

/** `taint`: the next plan replaces the object. */
export async function taint(session: Session): Promise<number> {
  return mark(session, "tainted");
}

/** `untaint`: takes that back. */
export async function untaint(session: Session): Promise<number> {
  return mark(session, "sound");
}

async function mark(session: Session, as: "tainted" | "sound"): Promise<number> {
  const command = as === "tainted" ? "taint" : "untaint";
  const [address] = session.args.positional;
  if (address === undefined || session.args.positional.length > 1) {
    throw new PlainFailure(`The ${command} command expects exactly one argument.`);
  }
  const { backend } = await openWorkspace(session);
  await locked(session, backend, command, async () => {
    const state = (await backend.read()) ?? emptyState();
    const instance = instancesOf(state).get(address);
    if (instance === undefined) throw unknownInstance(address, command);
    const { status, ...sound } = instance;
    if (as === "sound" && status !== "tainted") {
      const detail = `Resource instance ${address} is not currently tainted, and so it cannot be untainted.`;
      throw failure("Resource instance is not tainted", detail);
    }
    const marked = as === "tainted" ? { ...sound, status: "tainted" as const } : sound;
    const next = withInstance(state, address, marked);
    if (!isSame(state, next)) await backend.write({ ...next, serial: state.serial + 1 });
  });
  const done = as === "tainted" ? "marked as tainted" : "successfully untainted";
  session.streams.out(`Resource instance ${address} has been ${done}.\n`);
  return 0;
}

function unknownInstance(address: string, command: string) {
  const missing = `There is no resource instance in the state with the address ${address}.`;
  return failure(
    "No such resource instance",
    `${missing} Apply the configuration once before you ${command} it.`,
  );
}
