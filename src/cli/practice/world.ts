import { randomUUID } from "node:crypto";
import path from "node:path";
import { loadRunbook, packageRoot, type LoadedRunbook } from "../../loader/load.ts";
import { factsOf } from "../../practice/facts.ts";
import type { Practice } from "../../practice/practice.ts";
import { incidentTroubles, type Trouble } from "../../practice/world/troubles.ts";
import { addFaults, copyTerraform, startWorldProcess } from "../../practice/worlds.ts";
import type { RawInputs } from "../../runs/inputs.ts";
import { databaseFile } from "../../runs/store-options.ts";
import { privateDirectory } from "../../store/blobs.ts";
import type { Globals, Io } from "../io.ts";
import { placeOf } from "../record/record-place.ts";
import { initialise } from "./initialise.ts";
import { checkInputs, practiceInputs, practiceOf } from "./declared.ts";
import { keyVariable, practiceEnvironment, worldFile } from "./environment.ts";

/** A world that a run can act in, with what to export for it and the input that fits it. */
export interface PreparedWorld {
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  readonly inputs: RawInputs;
}

export interface BegunWorld {
  readonly url: string;
  readonly loaded: LoadedRunbook;
  readonly declared: Practice | undefined;
  readonly wrong: readonly Trouble[];
}

/** Starts a world in which what the runbook's practice declares is wrong. */
export async function beginWorld(
  { runbook, speed }: { readonly runbook: string; readonly speed: number },
  io: Io,
): Promise<BegunWorld> {
  const loaded = await loadRunbook(runbook, io);
  const declared = await practiceOf(loaded.file, io);
  const { wrong = [] } = declared ?? { wrong: incidentTroubles };
  const { url } = await startWorldProcess({ program: worldFile(), speed, wrong, env: { ...io.env } });
  return { url, loaded, declared, wrong };
}

/** Gives the world its terraform directory, faults and inputs. */
export async function setUpWorld(
  { url, loaded, declared, wrong }: BegunWorld,
  args: { readonly input: RawInputs; readonly terraform: "real" | "stand-in" },
  globals: Globals,
  io: Io,
): Promise<PreparedWorld> {
  const own = path.join(
    privateDirectory({ file: databaseFile(placeOf(globals, io)) }),
    "practice",
    randomUUID().slice(0, 8),
  );
  const dir = await copyTerraform(path.join(packageRoot(), "practice", "terraform"), own, wrong);
  const facts = factsOf({ url, dir, keyVariable });
  const inputs = practiceInputs(declared, facts, args.input);
  checkInputs(loaded, inputs, facts);
  const env = practiceEnvironment(url, { terraform: args.terraform });
  if (declared?.initialised === true) await initialise(dir, { ...io.env, ...env });
  await addFaults(url, declared?.faults ?? []);
  return { url, env, inputs };
}
