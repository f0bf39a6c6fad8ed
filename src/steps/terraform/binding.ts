import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { RunbookError } from "../../model/error.ts";
import { digestOf } from "../../model/json.ts";
import type { StepContext } from "../../model/step.ts";
import { callerIdentity } from "../aws/identity.ts";
import { readBackend } from "./backend.ts";
import type { Terraform } from "./cli.ts";
import { digestOfFile, Manifest, manifestOf } from "./manifest.ts";
import type { TerraformWorkspace } from "./workspace.ts";

/** What an approval of a plan is bound to beside the plan itself. */
export const Binding = z.strictObject({
  /** Of the manifest of every file that the plan can depend on, and how many those are. */
  files: z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256"),
  count: z.int(),
  terraform: z.strictObject({ path: z.string(), version: z.string(), sha256: z.string() }),
  dir: z.string(),
  workspace: z.string(),
  backend: z.string(),
  region: z.string(),
  /** Empty where AWS does not tell who we are. */
  account: z.string(),
});
export type Binding = z.output<typeof Binding>;

/** Takes down what a plan depends on, and keeps the list of files beside the plan, to tell later which has changed. */
export async function bind(
  place: TerraformWorkspace,
  terraform: Terraform,
  ctx: StepContext,
): Promise<Binding> {
  const { binding, manifest } = await look(place, terraform, ctx);
  await writeFile(manifestBeside(path.join(ctx.dir, "plan")), JSON.stringify(manifest), { mode: 0o600 });
  ctx.evidence("manifest.json", { ...manifest });
  return binding;
}

/** Throws `APPROVAL_VOID` with the names of what has changed since the plan was made. */
export async function requireBinding(
  approved: TerraformWorkspace & { readonly plan: string; readonly binding: Binding },
  terraform: Terraform,
  ctx: StepContext,
): Promise<void> {
  const { binding, manifest } = await look(approved, terraform, ctx);
  const changes = [
    ...(binding.files === approved.binding.files ? [] : await changedFiles(approved, manifest)),
    ...changedFacts(approved.binding, binding),
  ];
  if (changes.length === 0) return;
  throw new RunbookError(
    "APPROVAL_VOID",
    `Since the approved plan was made, this has changed: ${changes.slice(0, 5).join("; ")}${changes.length > 5 ? `; and ${changes.length - 5} more` : ""}. Nothing was applied.`,
    { data: { changes } },
  );
}

async function look(
  place: TerraformWorkspace,
  terraform: Terraform,
  ctx: StepContext,
): Promise<{ readonly binding: Binding; readonly manifest: Manifest }> {
  const { dir, file, version } = terraform;
  const manifest = await manifestOf(dir);
  const { type, location } = await readBackend(place);
  const binding = {
    files: digestOf(manifest),
    count: Object.keys(manifest).length,
    terraform: { path: file, version, sha256: await digestOfFile(file) },
    dir,
    workspace: place.workspace,
    backend: location ?? type,
    region: place.region ?? ctx.aws.region ?? "",
    account: await accountOf(ctx),
  };
  return { binding, manifest };
}

/** A configuration need not be about AWS at all. */
async function accountOf(ctx: StepContext): Promise<string> {
  try {
    return (await callerIdentity(ctx.aws, ctx.signal)).account;
  } catch {
    ctx.signal.throwIfAborted();
    return "";
  }
}

function manifestBeside(plan: string): string {
  return path.join(path.dirname(plan), "manifest.json");
}

async function changedFiles(
  { plan, binding }: { readonly plan: string; readonly binding: Binding },
  now: Manifest,
): Promise<readonly string[]> {
  const text = await readFile(manifestBeside(plan), "utf8").catch(() => "null");
  const before = Manifest.safeParse(JSON.parse(text)).data;
  if (before === undefined || digestOf(before) !== binding.files)
    return ["the files of the directory (the list of those that were approved is gone)"];
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].toSorted();
  return names
    .filter((name) => before[name] !== now[name])
    .map(
      (name) =>
        `\`${name}\` ${now[name] === undefined ? "is gone" : before[name] === undefined ? "is new" : "is another"}`,
    );
}

function changedFacts(before: Binding, now: Binding): readonly string[] {
  const facts = (["dir", "workspace", "backend", "region", "account"] as const)
    .filter((name) => before[name] !== now[name])
    .map((name) => `the ${name} was \`${before[name]}\` and is \`${now[name]}\``);
  const tool = (["path", "version", "sha256"] as const)
    .filter((name) => before.terraform[name] !== now.terraform[name])
    .map((name) => `terraform's ${name} was \`${before.terraform[name]}\` and is \`${now.terraform[name]}\``);
  return [...facts, ...tool];
}
