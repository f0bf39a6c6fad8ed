import type { LoadedRuns } from "../engine/host.ts";
import { hasSecret, resolveSecret } from "../host/step-context.ts";
import { RunbookError } from "../model/error.ts";
import { isOf } from "../model/event.ts";
import { canonical, type JsonObject } from "../model/json.ts";
import type { Runbook } from "../runbook/types.ts";
import { secretsOf } from "./inputs.ts";
import type { Workspace } from "./workspace.ts";

type SecretDeps = Pick<Workspace, "env" | "redactor">;

/** Resolves what a new run's input refers to; throws `SECRET_MISSING`, and `INPUT_HOLDS_SECRET` where a value itself stands in it. */
export function learnInput(runbook: Runbook, input: JsonObject, { env, redactor }: SecretDeps): void {
  for (const reference of secretsOf(runbook, input)) resolveSecret(reference, { env, redactor });
  refuseSecrets(input, redactor.json(input));
}

/** Makes sure that the secrets of a run and its child runs are never stored; throws `SECRET_MISSING` where they are not known. */
export function learnSecrets({ runs }: LoadedRuns, { env, redactor }: SecretDeps): void {
  for (const { runbook, events } of runs) {
    const [first] = events;
    if (first === undefined || !isOf(first, "run.started")) continue;
    // A run that is being cancelled starts nothing any more: it must not need its secrets to end.
    const ends = events.some((event) => isOf(event, "cancel.requested"));
    for (const reference of secretsOf(runbook, first.data.input)) {
      if (!ends || hasSecret(reference, env)) resolveSecret(reference, { env, redactor });
    }
  }
}

function refuseSecrets(input: JsonObject, redacted: JsonObject): void {
  const name = Object.keys(input).find((key) => canonical(input[key]) !== canonical(redacted[key]));
  if (name === undefined) return;
  throw new RunbookError(
    "INPUT_HOLDS_SECRET",
    `Input \`${name}\` holds the value of a secret; it would be stored.`,
  );
}
