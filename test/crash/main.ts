// The long form: node scripts/crash.js [--states N] [--seed N]; a failure tells how to look at it again.
import { parseArgs } from "node:util";
import { buildEngine } from "./build.ts";
import { faultsOver, survive } from "./failing-disk.ts";
import { writeLogLibrary } from "./library.ts";
import { readRecording } from "./recording.ts";
import { breakages, record, type Recorded } from "./record.ts";
import { sweep, type Swept } from "./sweep.ts";

const { values } = parseArgs({
  options: {
    states: { type: "string", default: "10000" },
    faults: { type: "string", default: "80" },
    runs: { type: "string", default: "8" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    /** To look at one state again: the files of its recording, its number, and where to leave what the disk held. */
    recording: { type: "string" },
    state: { type: "string" },
    keep: { type: "string" },
  },
});
const seed = Number(values.seed);
const states = Number(values.states);
const runs = Number(values.runs);

function tell(name: string, { file }: Pick<Recorded, "file">, { failures, ...swept }: Swept): void {
  const broken = failures.filter(({ verdict }) => verdict.type === "broken").length;
  console.log(
    `${name}: ${swept.states} states (${swept.early} before anything was acknowledged), up to ${swept.events} events: ` +
      `${swept.lost} lost acknowledged events, ${broken} broken`,
  );
  for (const { state, point, verdict } of failures.slice(0, 5)) {
    console.log(
      `  state ${state}, at entry ${point}: ${verdict.type}${"why" in verdict ? `: ${verdict.why}` : ""}`,
    );
    console.log(
      `    again: npm run test:crash -- --recording ${file} --seed ${seed} --states ${states} --state ${state} --keep /tmp/state-${state}`,
    );
  }
}

async function again(file: string): Promise<number> {
  const entries = readRecording(file, file.replace(/recording$/, "root"));
  const only = values.state === undefined ? {} : { only: Number(values.state) };
  const keep = values.keep === undefined ? {} : { keep: values.keep };
  const swept = await sweep(entries, { seed, states, ...only, ...keep });
  tell("again", { file }, swept);
  return swept.failures.length === 0 ? 0 : 1;
}

/** The engine on disks that fail, two at a time; how many of how many went wrong. */
async function failing(library: string): Promise<{ readonly faults: number; readonly wrong: number }> {
  const { entries, forget } = await record(library, { runs: 1 });
  forget();
  const engine = await buildEngine("failing-engine");
  const faults = faultsOver(entries, Number(values.faults));
  const left = [...faults];
  const ends = new Map<string, number>();
  let wrong = 0;
  const work = async (): Promise<void> => {
    for (let fault = left.shift(); fault !== undefined; fault = left.shift()) {
      const survival = await survive(library, engine, fault);
      ends.set(survival.end, (ends.get(survival.end) ?? 0) + 1);
      if (survival.wrong === null) continue;
      wrong += 1;
      console.log(`  ${JSON.stringify(fault)}: ${survival.wrong}`);
    }
  };
  await Promise.all([work(), work()]);
  const told = [...ends].map(([end, count]) => `${end} ${count}`).join(", ");
  console.log(`failing disk: ${faults.length} faults, ended ${told}; ${wrong} went wrong`);
  return { faults: faults.length, wrong };
}

async function all(library: string): Promise<number> {
  const sound = await record(library, { runs });
  const safe = await sweep(sound.entries, { seed, states });
  tell("synchronous=FULL", sound, safe);
  const broken = await record(library, { runs, breakage: breakages.hasty });
  const unsafe = await sweep(broken.entries, { seed, states: Math.min(states, 1_000) });
  console.log(
    `control, synchronous=NORMAL: ${unsafe.states} states, ${unsafe.lost} lost acknowledged events`,
  );
  broken.forget();
  if (safe.failures.length === 0) sound.forget();
  const { faults, wrong } = await failing(library);
  const holds = safe.failures.length === 0 && unsafe.lost > 0 && wrong === 0;
  console.log(
    `${holds ? "PASS" : "FAIL"} power loss: seed ${seed}, ${sound.entries.length} disk requests of ${runs} runs, ${safe.states} states, ` +
      `${safe.failures.length} failures; control ${unsafe.lost} of ${unsafe.states} failed, as it must; ` +
      `failing disk: ${wrong} of ${faults} faults went wrong`,
  );
  return holds ? 0 : 1;
}

const library = writeLogLibrary();
if (values.recording !== undefined) process.exitCode = await again(values.recording);
else if (library !== undefined) process.exitCode = await all(library);
