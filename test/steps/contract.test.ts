import { mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, safeParse, z } from "zod";
import { isDuration } from "../../src/model/duration.ts";
import { RunbookError } from "../../src/model/error.ts";
import { toJson } from "../../src/model/json.ts";
import type { AnyStep, CommandResult, StepContext } from "../../src/model/step.ts";
import * as exported from "../../src/steps/index.ts";
import { binding } from "../support/binding.ts";
import { stepContext } from "../support/step-context.ts";
import { arnOf, fastClock, incident, pointTo, service } from "./incident-world.ts";
import { type LocalServer, nowhere, serve } from "./local-server.ts";

const steps: readonly AnyStep[] = Object.values(exported).filter((value) => typeof value === "object");
const machineSteps = steps.filter(({ effect }) => effect !== "human");
const folder = new URL("../../src/steps/", import.meta.url);

let dir: string;
let silent: LocalServer;
let dead: string;
let requests = 0;
/** Called when a step has reached out to the world. */
let onContact = (): void => {};

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "runwright-contract-"));
  const config = { bucket: "state", key: "state.tfstate", region: "us-east-1", use_lockfile: true };
  await mkdir(path.join(dir, ".terraform"));
  const backend = JSON.stringify({ version: 3, backend: { type: "s3", config } });
  await writeFile(path.join(dir, ".terraform/terraform.tfstate"), backend);
  await writeFile(path.join(dir, "plan.tfplan"), "");
  silent = await serve(() => {
    requests += 1;
    onContact();
  });
  dead = await nowhere();
});
afterAll(() => silent.close());

/** One input of each kind; `url` is where HTTP goes. */
function sample(kind: string, url: string): Record<string, unknown> {
  const title = { title: "Title" };
  const samples: Record<string, Record<string, unknown>> = {
    "ec2.security-group-ingress": { group: "sg-0a", source: "sg-0b", port: 6379 },
    "ecs.await-deployment": {
      ...service,
      deploymentId: "ecs-svc/1",
      taskDefinition: arnOf(151),
      timeout: "10s",
    },
    "ecs.describe-task-definition": { taskDefinition: arnOf(151) },
    "ecs.update-service": { ...service, taskDefinition: arnOf(151), forceNewDeployment: true },
    "elbv2.target-health": { targetGroupArn: incident.targetGroup.arn },
    "http.probe": { url, expect: { status: [200] }, fail: true },
    "human.confirm": { ...title, summary: "Summary", risk: "high" },
    "human.decide": { ...title, options: [{ id: "a", label: "A", danger: false, reasonNeeded: false }] },
    "human.input": { ...title, fields: [{ name: "a", label: "A", type: "text" }] },
    "logs.search": { logGroup: "group", pattern: "phrase", sinceMinutes: 5 },
    "notify.webhook": { url, text: "text" },
    "terraform.apply": {
      dir,
      plan: path.join(dir, "plan.tfplan"),
      sha256: "e3b0c442".padEnd(64, "0"),
      serial: 3,
      lineage: "lineage",
      binding,
    },
    "terraform.force-unlock": { dir, lockId: incident.lock.id },
    "terraform.init": { dir },
    "terraform.inspect-lock": { dir },
    "terraform.plan": { dir },
    "terraform.inspect-errored-state": { dir },
    "terraform.push-state": {
      dir,
      sha256: "e3b0c442".padEnd(64, "0"),
      over: { serial: 3, lineage: "lineage" },
    },
    "terraform.taint": { dir, address: "aws_ecs_task_definition.api" },
  };
  const found = samples[kind];
  if (!found) throw new Error(`Add an input of ${kind} to the contract test.`);
  return found;
}

const inputOf = (step: AnyStep, url: string): unknown => parse(step.input, sample(step.kind, url));
const describeOf = (step: AnyStep, url: string): unknown =>
  Reflect.apply(step.describe, step, [inputOf(step, url)]);
const call = async (
  step: AnyStep,
  what: "run" | "probe",
  { url, ctx }: { readonly url: string; readonly ctx: StepContext },
): Promise<unknown> => {
  const f = step[what];
  if (!f) throw new Error(`${step.kind} has no ${what}`);
  return Reflect.apply(f, step, [inputOf(step, url), ctx]);
};

/** Every place of a JSON schema where an object may hold more than it says. */
function laxPlaces(schema: unknown, where: string): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties, additionalProperties } = z.record(z.string(), z.unknown()).parse({ ...schema });
  const lax = properties !== undefined && additionalProperties !== false ? [`${where} is not strict`] : [];
  const inner = Object.entries(schema)
    // Any JSON is meant where a schema is recursive.
    .filter(([key]) => key !== "$defs")
    .flatMap(([key, value]) => laxPlaces(value, `${where}.${key}`));
  return [...lax, ...inner];
}

test("every step file exports the step that its name says, and the public list has them all", async () => {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".ts") && name !== "index.ts");
  const names = steps.map(({ kind }) => `${kind.replace(".", "-")}.ts`);
  expect(files.toSorted()).toEqual(names.toSorted());
  for (const step of steps) {
    const name = `${step.kind.replace(".", "-")}.ts`;
    const module: object = await import(new URL(name, folder).href);
    expect(Object.values(module)).toContain(step);
  }
});

test.each(machineSteps.map((step) => [step.kind, step] as const))(
  "%s says how it is done by hand",
  (_kind, step) => {
    const lines: unknown = Reflect.apply(step.commands ?? (() => []), step, [
      inputOf(step, "https://example.org"),
    ]);
    expect(lines).toMatchObject([
      expect.stringMatching(/^(terraform|aws|curl|jq|ls) /),
      ...(lines as string[]).slice(1),
    ]);
  },
);

describe.each(steps.map((step) => [step.kind, step] as const))("%s", (_kind, step) => {
  test("describes itself in one line without reaching out", () => {
    pointTo(silent.url);
    const before = requests;
    const line = describeOf(step, silent.url);
    expect(line).toMatch(/^\S[^\n]*$/);
    expect(requests).toBe(before);
  });

  test("has strict schemas", () => {
    const input = sample(step.kind, silent.url);
    expect(safeParse(step.input, { ...input, surprise: 1 }).success).toBe(false);
    for (const [name, schema] of [["input", step.input] as const, ["output", step.output] as const]) {
      expect(laxPlaces(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }), name)).toEqual([]);
    }
  });

  test("keeps its parsed input as JSON", () => {
    expect(() => toJson(inputOf(step, silent.url))).not.toThrow();
  });

  test("has what its effect asks for", () => {
    expect(typeof step.run).toBe(step.effect === "human" ? "undefined" : "function");
    expect(typeof step.probe).toBe(step.effect === "write" ? "function" : "undefined");
    expect(step.timeout === undefined || isDuration(step.timeout)).toBe(true);
    expect(step.timeout === undefined).toBe(step.effect === "human");
  });
});

const effects = machineSteps.flatMap((step) =>
  step.effect === "write"
    ? [[step.kind, "run", step] as const, [step.kind, "probe", step] as const]
    : [[step.kind, "run", step] as const],
);
/** These answer without looking at the world: it cannot be asked, or the step's own directory says enough. */
const worldless = new Set(["notify.webhook probe", "terraform.apply probe"]);

describe.each(effects.filter(([kind, what]) => !worldless.has(`${kind} ${what}`)))(
  "%s %s",
  (_kind, what, step) => {
    test("stops with the signal's reason when the world does not answer", async () => {
      pointTo(silent.url);
      const controller = new AbortController();
      const reason = new Error("cancelled by the contract");
      onContact = () => controller.abort(reason);
      const ctx = await stepContext({ signal: controller.signal, exec: () => hang(controller.signal) });
      await expect(call(step, what, { url: silent.url, ctx })).rejects.toBe(reason);
    });

    test("fails with one of our errors when nothing can be reached", async () => {
      pointTo(dead);
      const ctx = await stepContext({ exec: fail, clock: fastClock(100) });
      const error = await call(step, what, { url: dead, ctx }).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(RunbookError);
    });
  },
);

/** A command that runs until the step is stopped. */
function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
    onContact();
  });
}

async function fail(): Promise<CommandResult> {
  return { exitCode: 1, stdout: "", stderr: "Error: nothing can be reached" };
}
