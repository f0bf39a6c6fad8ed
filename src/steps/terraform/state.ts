import { z } from "zod";
import { sha256 } from "../../model/json.ts";
import type { StepContext } from "../../model/step.ts";
import type { Terraform } from "./cli.ts";

const Instance = z.looseObject({
  index_key: z.union([z.string(), z.number()]).nullish(),
  status: z.string().optional(),
  deposed: z.string().optional(),
  attributes: z.record(z.string(), z.unknown()).nullish(),
});

const Stored = z.looseObject({
  serial: z.number().int(),
  lineage: z.string(),
  resources: z
    .array(
      z.looseObject({
        module: z.string().optional(),
        mode: z.string(),
        type: z.string(),
        name: z.string(),
        instances: z.array(Instance).default([]),
      }),
    )
    .nullish(),
});

/** One object that terraform knows of. */
export interface StateObject {
  readonly address: string;
  readonly type: string;
  readonly tainted: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A state: never stored as it is, because it holds secrets in clear text. */
export interface TerraformState {
  readonly serial: number;
  /** Empty when nothing was ever applied. */
  readonly lineage: string;
  readonly sha256: string;
  readonly known: ReadonlyMap<string, StateObject>;
}

/** Reads the state; it needs no lock. After a crash the same `name` gives what was read then. */
export async function pullState(terraform: Terraform, name: string): Promise<TerraformState> {
  const { stdout } = await terraform.run({ name, args: ["state", "pull", "-no-color"], evidence: "nothing" });
  return readState(stdout);
}

/** A name under which a command runs anew, and is not taken from the record of a process that has ended. */
export function freshName(name: string, ctx: Pick<StepContext, "clock">): string {
  return `${name}-${ctx.clock.now().getTime()}`;
}

/** A state in terraform's own form. */
export function readState(text: string): TerraformState {
  if (text.trim() === "") return { serial: 0, lineage: "", sha256: sha256(text), known: new Map() };
  const stored = Stored.parse(JSON.parse(text));
  const known = (stored.resources ?? []).flatMap(({ module, mode, type, name, instances }) => {
    const base = [
      ...(module === undefined ? [] : [module]),
      ...(mode === "data" ? ["data"] : []),
      type,
      name,
    ].join(".");
    return instances
      .filter(({ deposed }) => deposed === undefined)
      .map(({ index_key, status, attributes }) => {
        const address =
          index_key === undefined || index_key === null ? base : `${base}[${JSON.stringify(index_key)}]`;
        return [
          address,
          { address, type, tainted: status === "tainted", attributes: attributes ?? {} },
        ] as const;
      });
  });
  return { serial: stored.serial, lineage: stored.lineage, sha256: sha256(text), known: new Map(known) };
}
