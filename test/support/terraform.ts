import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { sha256 } from "../../src/model/json.ts";

export interface RealTerraform {
  readonly file: string;
  /** What its processes need on top of AWS's variables to install the provider without a network. */
  readonly env: Readonly<Record<string, string>>;
}

/** The real terraform with a mirror of the AWS provider, if both are on this machine. */
export function findTerraform(): RealTerraform | undefined {
  const file = process.env["PATH"]
    ?.split(path.delimiter)
    .map((dir) => path.join(dir, "terraform"))
    .find((candidate) => existsSync(candidate) && isReal(candidate));
  const mirror = mirrors().find((dir) => existsSync(path.join(dir, "registry.terraform.io/hashicorp/aws")));
  if (file === undefined || mirror === undefined) return undefined;
  const dir = temporary("terraform-cli");
  const config = path.join(dir, "terraform.rc");
  const method = `filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }`;
  writeFileSync(config, `provider_installation {\n  ${method}\n}\ndisable_checkpoint = true\n`);
  const patient = path.join(dir, "terraform");
  // Most of what a short terraform costs is its provider's collection of garbage.
  writeFileSync(patient, `#!/bin/sh\nGOGC=400 exec '${file}' "$@"\n`, { mode: 0o755 });
  const env = { TF_CLI_CONFIG_FILE: config, CHECKPOINT_DISABLE: "1", RUNWRIGHT_TERRAFORM: patient };
  return { file: patient, env };
}

/** Tells on the terminal what a run of the tests leaves out, because a silent skip looks like a pass. */
export function saySkipped(what: string): void {
  process.stderr.write(
    `\nSKIPPED: ${what}: terraform or a mirror of its AWS provider is not on this machine.\n\n`,
  );
}

function isReal(file: string): boolean {
  try {
    const text = execFileSync(file, ["version", "-json"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return text.includes("terraform_version") && !text.includes("stand_in");
  } catch {
    return false;
  }
}

function mirrors(): readonly string[] {
  const configured = process.env["TF_CLI_CONFIG_FILE"];
  const text = configured !== undefined && existsSync(configured) ? readFileSync(configured, "utf8") : "";
  const named = [...text.matchAll(/path\s*=\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
  const inOpt = existsSync("/opt") ? readdirSync("/opt").map((name) => path.join("/opt", name)) : [];
  const usual = ["/usr/share/terraform/plugins", "/usr/local/share/terraform/plugins"];
  return [...named, ...usual, ...inOpt, path.join(homedir(), ".terraform.d/plugins")];
}

let built: Promise<string> | undefined;

/** The stand-in as an executable file, built from the sources when they have changed. */
export function standIn(): Promise<string> {
  built ??= buildStandIn();
  return built;
}

async function buildStandIn(): Promise<string> {
  const dir = path.resolve("node_modules/.cache/runwright", `stand-in-${digestOf("src").slice(0, 16)}`);
  const file = path.join(dir, "main.mjs");
  if (existsSync(file)) return file;
  const fresh = `${dir}-${process.pid}`;
  // With all packages inside it starts in a third of the time, and some hundred of them are started.
  await build({
    entryPoints: ["src/practice/terraform/main.ts"],
    outdir: fresh,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node20",
    mainFields: ["module", "main"],
    logLevel: "error",
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  chmodSync(path.join(fresh, "main.mjs"), 0o755);
  try {
    renameSync(fresh, dir);
  } catch {
    // Another process was first with the same files.
    rmSync(fresh, { recursive: true });
  }
  return file;
}

/** Of all sources: processes of other test runs may be using another build. */
function digestOf(dir: string): string {
  const files = readdirSync(dir, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  return sha256(files.map((name) => `${name}\0${readFileSync(path.join(dir, name), "utf8")}`).join("\0"));
}

export function temporary(name: string): string {
  return mkdtempSync(path.join(tmpdir(), `runwright-${name}-`));
}
