/**
 * Carries out a plan: independent resources at the same time, a replacement as a delete and a create, each with
 * its lines in the stream. An error stops only its own resource. The state that comes back holds what was done.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Cloud } from "../aws/cloud.ts";
import { type Attributes, type Config, located, resourceOf } from "../config/config.ts";
import { type Diagnostic, error, Failure } from "../terminal/diagnostic.ts";
import type { Interrupts } from "../terminal/interrupts.ts";
import type { Change } from "./plan.ts";
import { typeOf } from "../resources/registry.ts";
import type { ResourceType } from "../resources/resource-type.ts";
import { instancesOf, type State, withInstance } from "../state/state.ts";
import { referencesIn } from "../config/values.ts";
import type { View } from "../terminal/view.ts";

export interface Applying {
  readonly dir: string;
  readonly config: Config;
  readonly view: View;
  readonly cloud: Cloud;
  readonly interrupts: Interrupts;
  /** How long each action takes beside its AWS call, in milliseconds. */
  readonly delay: number;
}

export interface Applied {
  readonly state: State;
  readonly diagnostics: readonly Diagnostic[];
  readonly counts: { readonly add: number; readonly change: number; readonly remove: number };
}

type Action = "create" | "update" | "delete";

const words = {
  create: {
    doing: "Creating...",
    still: "Still creating...",
    done: "Creation complete",
    failed: "Creation errored",
  },
  update: {
    doing: "Modifying...",
    still: "Still modifying...",
    done: "Modifications complete",
    failed: "Modifications errored",
  },
  delete: {
    doing: "Destroying...",
    still: "Still destroying...",
    done: "Destruction complete",
    failed: "Destruction errored",
  },
} as const;

const progressEvery = 10_000;

export async function applyChanges(
  prior: State,
  changes: readonly Change[],
  applying: Applying,
): Promise<Applied> {
  let state = prior;
  const diagnostics: Diagnostic[] = [];
  const counts = { create: 0, update: 0, delete: 0 };
  await Promise.all(
    changes.map(async (change) => {
      for (const action of actionsOf(change)) {
        // oxlint-disable-next-line no-await-in-loop -- the new object is made after the old one is gone
        const result = await perform(change, action, applying);
        diagnostics.push(...result.diagnostics);
        if (!result.isDone) return;
        counts[action] += 1;
        state = withInstance(
          state,
          change.address,
          instanceOf(change, result.attributes, prior, applying.config),
        );
      }
    }),
  );
  return { state, diagnostics, counts: { add: counts.create, change: counts.update, remove: counts.delete } };
}

function actionsOf({ action }: Change): readonly Action[] {
  if (action === "no-op") return [];
  return action === "replace" ? ["delete", "create"] : [action];
}

interface Performed {
  readonly isDone: boolean;
  readonly attributes?: Attributes | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

async function perform(change: Change, action: Action, applying: Applying): Promise<Performed> {
  const { view, interrupts, dir } = applying;
  if (interrupts.signal.aborted) return { isDone: false, diagnostics: [error("execution halted")] };
  const hook = { resource: resourceOf(change.address), action };
  const id = action === "create" ? undefined : idOf(change.before);
  const start = Date.now();
  const elapsed = () => Math.round((Date.now() - start) / 1000);
  view.event("apply_start", line(change.address, words[action].doing, id), {
    hook: { ...hook, ...idFields(id) },
  });
  const ticking = setInterval(() => {
    const note = id === undefined ? `[${elapsed()}s elapsed]` : `[id=${id}, ${elapsed()}s elapsed]`;
    const message = `${change.address}: ${words[action].still} ${note}`;
    view.event("apply_progress", message, { hook: { ...hook, elapsed_seconds: elapsed() } });
  }, progressEvery);
  try {
    const attributes = await call(change, action, applying);
    const made = attributes === undefined ? undefined : idOf(attributes);
    const done = line(change.address, `${words[action].done} after ${elapsed()}s`, made);
    view.event("apply_complete", done, { hook: { ...hook, ...idFields(made), elapsed_seconds: elapsed() } });
    return { isDone: true, attributes, diagnostics: [] };
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause;
    const failed = `${change.address}: ${words[action].failed} after ${elapsed()}s`;
    view.event("apply_errored", failed, { hook: { ...hook, elapsed_seconds: elapsed() } });
    return {
      isDone: false,
      diagnostics: cause.diagnostics.map((found) => located(dir, change.address, found)),
    };
  } finally {
    clearInterval(ticking);
  }
}

/** Half of the delay passes before the call and half after it, so that a kill can meet the action in both places. */
async function call(change: Change, action: Action, applying: Applying): Promise<Attributes | undefined> {
  const { cloud, delay, interrupts } = applying;
  const type = typeOf(change.address);
  if (type === undefined)
    throw new Failure(error(`The stand-in terraform does not change ${change.address}`));
  await pause(delay / 2, interrupts.signal);
  const attributes = await send(type, change, action, { cloud, signal: interrupts.signal });
  await pause(delay / 2, interrupts.signal);
  return attributes;
}

async function send(
  type: ResourceType,
  change: Change,
  action: Action,
  calls: Parameters<ResourceType["read"]>[1],
) {
  const before = change.before ?? {};
  const after = change.after ?? {};
  if (action === "create") return type.create(after, calls);
  if (action === "update") return type.update(before, after, calls);
  await type.destroy(before, calls);
  return undefined;
}

/** An interrupt ends the pause; what it then means is for the call to say. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}

function instanceOf(change: Change, attributes: Attributes | undefined, prior: State, config: Config) {
  if (attributes === undefined) return undefined;
  const wanted = config.resources.find(({ address }) => address === change.address);
  return {
    schema_version: typeOf(change.address)?.schemaVersion ?? 0,
    attributes: { ...attributes },
    sensitive_attributes: [],
    dependencies:
      instancesOf(prior).get(change.address)?.dependencies ??
      [...new Set(referencesIn(wanted?.values ?? {}))].toSorted(),
  };
}

function idOf(attributes: Attributes | null): string | undefined {
  return typeof attributes?.["id"] === "string" ? attributes["id"] : undefined;
}

function idFields(id: string | undefined) {
  return id === undefined ? {} : { id_key: "id", id_value: id };
}

function line(address: string, text: string, id: string | undefined): string {
  return `${address}: ${text}${id === undefined ? "" : ` [id=${id}]`}`;
}
