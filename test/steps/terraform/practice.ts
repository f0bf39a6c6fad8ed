import { cp, writeFile } from "node:fs/promises";
import path from "node:path";
import { seedIncident } from "../../../src/practice/world/seed.ts";
import { startWorld, type RunningWorld } from "../../../src/practice/world/server.ts";
import { stepContext } from "../../support/step-context.ts";
import { findTerraform, standIn, temporary } from "../../support/terraform.ts";
import { pointTo } from "../incident-world.ts";

export type Kind = "real" | "stand-in";

export interface Practice {
  readonly world: RunningWorld;
  readonly dir: string;
  readonly terraform: string;
  readonly place: { readonly dir: string; readonly workspace: string };
  readonly context: (more?: Parameters<typeof stepContext>[0]) => ReturnType<typeof stepContext>;
}

/** The incident's world, a copy of its terraform files, and terraform itself. */
export async function practice(kind: Kind, { locked }: { readonly locked: boolean }): Promise<Practice> {
  const world = await startWorld({ speed: 1_000, seed: (parts) => seedIncident(parts, { locked }) });
  pointTo(world.url);
  process.env["AWS_REGION"] = "us-east-1";
  process.env["RUNWRIGHT_STAND_IN_DELAY_MS"] = "5";
  const dir = temporary("configuration");
  await cp(path.resolve("practice/terraform"), dir, { recursive: true, filter: isSource });
  const real = kind === "real" ? findTerraform() : undefined;
  Object.assign(process.env, real?.env);
  const terraform = real?.file ?? (await standIn());
  const place = { dir, workspace: "default" };
  return { world, dir, terraform, place, context: (more = {}) => stepContext({ terraform, ...more }) };
}

function isSource(from: string): boolean {
  return path.basename(from) !== ".terraform";
}

/** A context of which a command outlives the engine: called again by its name it gives the recorded result. */
export async function durable(it: Practice): Promise<Awaited<ReturnType<typeof stepContext>>> {
  const ctx = await it.context({ claim: async () => {} });
  const records = new Map<string, ReturnType<typeof ctx.exec>>();
  return {
    ...ctx,
    begun: (name) => records.has(name),
    exec: (command) => {
      const record = records.get(command.name) ?? ctx.exec(command);
      records.set(command.name, record);
      return record;
    },
  };
}

/** The same with terraform's version told by a shell, which is asked at every step and starts more quickly. */
export async function quickVersion(it: Practice): Promise<Practice> {
  const terraform = path.join(temporary("program"), "terraform");
  const version = `[ "$1" = version ] && echo '{"terraform_version":"1.11.4","stand_in":true}' && exit`;
  await writeFile(terraform, `#!/bin/sh\n${version}\nexec "${it.terraform}" "$@"\n`, { mode: 0o755 });
  return { ...it, terraform, context: (more = {}) => stepContext({ terraform, ...more }) };
}
