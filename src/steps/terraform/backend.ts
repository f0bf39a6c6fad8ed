import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { errorCode } from "../../model/error-code.ts";
import { RunbookError } from "../../model/error.ts";
import type { TerraformWorkspace } from "./workspace.ts";

/** Where the state is kept, as `terraform init` wrote it down. */
export interface Backend {
  readonly type: string;
  /** `s3://bucket/key` where it is S3. */
  readonly location: string | null;
  /** Where the lock can be read; null for a backend that keeps no readable lock record. */
  readonly s3: {
    readonly bucket: string;
    readonly stateKey: string;
    readonly lockKey: string;
    readonly region: string | undefined;
  } | null;
}

const Settings = z.looseObject({
  bucket: z.string(),
  key: z.string(),
  region: z.string().nullish(),
  workspace_key_prefix: z.string().nullish(),
  use_lockfile: z.boolean().nullish(),
});

const Initialised = z.looseObject({
  backend: z.looseObject({ type: z.string(), config: z.unknown() }).nullish(),
});

/** Reads `.terraform/terraform.tfstate`; a directory without it uses the local backend, or was not initialised. */
export async function readBackend({ dir, workspace }: TerraformWorkspace): Promise<Backend> {
  const backend = Initialised.parse(
    JSON.parse(await read(path.resolve(dir, dataDir(), "terraform.tfstate"))),
  ).backend;
  if (backend?.type !== "s3") return { type: backend?.type ?? "local", location: null, s3: null };
  const {
    bucket,
    key,
    region,
    workspace_key_prefix: prefix,
    use_lockfile: lockFile,
  } = Settings.parse(backend.config);
  const stateKey = workspace === "default" ? key : `${prefix ?? "env:"}/${workspace}/${key}`;
  const readable = { bucket, stateKey, lockKey: `${stateKey}.tflock`, region: region ?? undefined };
  return { type: "s3", location: `s3://${bucket}/${stateKey}`, s3: usesLockFile(lockFile) ? readable : null };
}

/** Terraform 1.10 and newer always write the setting down; the stand-in, which leaves it out, always uses a lock file. */
function usesLockFile(setting: boolean | null | undefined): boolean {
  return setting === true || setting === undefined;
}

/** The place of the lock file, or the reason why there is none. */
export async function readableLock(place: TerraformWorkspace): Promise<NonNullable<Backend["s3"]>> {
  const { type, s3 } = await readBackend(place);
  if (s3 !== null) return s3;
  const dir = path.resolve(place.dir);
  const why =
    type === "s3"
      ? "is S3 without `use_lockfile`"
      : `is \`${type}\`, or \`terraform init\` has not run there`;
  throw new RunbookError(
    "TERRAFORM_LOCK_UNREADABLE",
    `The lock of ${dir} cannot be read: its backend ${why}.`,
    {
      data: { dir, backend: type },
    },
  );
}

/** Terraform inherits this variable, so what it wrote is there too. */
export function dataDir(): string {
  return process.env["TF_DATA_DIR"] || ".terraform";
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return "{}";
    throw error;
  }
}
