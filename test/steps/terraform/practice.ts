import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { seedIncident } from "../../../src/practice/world/seed.ts";
import { startWorld, type RunningWorld } from "../../../src/practice/world/server.ts";
import { stepContext } from "../../support/step-context.ts";
import { pointTo } from "../incident-world.ts";

export type Kind = "real" | "stand-in";

/** Where terraform is taken from when `terraform init` must not use the network. */
const mirror = process.env["RUNWRIGHT_TERRAFORM_MIRROR"] ?? "";

/** Whether the real terraform and its AWS provider are on this machine. */
export function hasRealTerraform(): boolean {
  return existsSync(mirror) && hasTerraform();
}

export function hasTerraform(): boolean {
  try {
    const text = execFileSync("terraform", ["version", "-json"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return text.includes("terraform_version") && !text.includes("stand_in");
  } catch {
    return false;
  }
}

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
  const dir = await temporary("configuration");
  await cp(path.resolve("practice/terraform"), dir, {
    recursive: true,
    filter: (from) => !from.includes(".terraform/"),
  });
  const terraform = kind === "stand-in" ? await standIn() : "terraform";
  if (kind === "real") process.env["TF_CLI_CONFIG_FILE"] = await mirrorConfiguration();
  const place = { dir, workspace: "default" };
  return { world, dir, terraform, place, context: (more = {}) => stepContext({ terraform, ...more }) };
}

let built: Promise<string> | undefined;

/** The stand-in as one executable file. */
export function standIn(): Promise<string> {
  built ??= (async () => {
    const file = path.join(await temporary("stand-in"), "terraform.mjs");
    await build({
      entryPoints: ["src/practice/terraform/main.ts"],
      outfile: file,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20",
      logLevel: "error",
      banner: {
        js: "import { createRequire as make } from 'node:module'; const require = make(import.meta.url);",
      },
    });
    execFileSync("chmod", ["755", file]);
    return file;
  })();
  return built;
}

async function mirrorConfiguration(): Promise<string> {
  const file = path.join(await temporary("cli"), "terraform.rc");
  await writeFile(file, `provider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`);
  return file;
}

export function temporary(name: string): Promise<string> {
  return mkdtemp(path.join(tmpdir(), `runwright-${name}-`));
}
