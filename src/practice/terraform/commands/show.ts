import { resolve } from "node:path";
import { readConfig } from "../config/config.ts";
import { Failure, failure } from "../terminal/diagnostic.ts";
import { planJson, stateJson } from "../plan/plan-json.ts";
import { planText } from "../plan/plan-text.ts";
import { countsOf, readPlan } from "../plan/plan.ts";
import { openWorkspace, type Session } from "../state/session.ts";
import { terraformVersion } from "../terminal/view.ts";

/** `show [PLANFILE]`: a saved plan, else the state. */
export async function show(session: Session): Promise<number> {
  const { args, streams } = session;
  const [file] = args.positional;
  if (file === undefined) {
    const { backend } = await openWorkspace(session);
    const state = await backend.read();
    streams.out(`${JSON.stringify(state === undefined ? { format_version: "1.0" } : stateJson(state))}\n`);
    return 0;
  }
  const plan = load(resolve(session.dir, file));
  const { add, change, remove } = countsOf(plan.changes);
  const summary = `Plan: ${add} to add, ${change} to change, ${remove} to destroy.`;
  streams.out(args.has("json") ? `${JSON.stringify(planJson(plan))}\n` : planText(plan, summary));
  return 0;
}

function load(file: string) {
  try {
    return readPlan(file);
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause;
    throw failure("Failed to read the given file as a state or plan file", cause.diagnostics[0]?.detail);
  }
}

/** `version`: with `-json` it owns up to being the stand-in. */
export async function version({ args, streams }: Session): Promise<number> {
  const facts = {
    terraform_version: terraformVersion,
    platform: `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`,
    provider_selections: {},
    terraform_outdated: false,
    stand_in: true,
  };
  streams.out(
    args.has("json")
      ? `${JSON.stringify(facts, undefined, 2)}\n`
      : `Terraform v${terraformVersion} (runwright stand-in)\n`,
  );
  return Promise.resolve(0);
}

/** `validate`: whether the stand-in can read the directory. */
export async function validate({ args, dir, streams }: Session): Promise<number> {
  const diagnostics = problems(dir);
  const valid = diagnostics.length === 0;
  const result = {
    format_version: "1.0",
    valid,
    error_count: diagnostics.length,
    warning_count: 0,
    diagnostics,
  };
  if (args.has("json")) streams.out(`${JSON.stringify(result, undefined, 2)}\n`);
  else if (valid) streams.out("Success! The configuration is valid.\n");
  else throw new Failure(...diagnostics);
  return Promise.resolve(valid ? 0 : 1);
}

function problems(dir: string) {
  try {
    readConfig(dir);
    return [];
  } catch (cause) {
    if (cause instanceof Failure) return cause.diagnostics;
    throw cause;
  }
}
