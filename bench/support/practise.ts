import { spawnSync } from "node:child_process";
import path from "node:path";
import { performance } from "node:perf_hooks";

export interface Practised {
  /** The built program, for more commands on the same database. */
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  readonly milliseconds: number;
  /** The largest resident set of the engine's process, in MiB. */
  readonly peak: number;
}

/** Runs the whole practice incident in `dir` with the built program; throws unless it succeeds. */
export function practise(dir: string): Practised {
  const program = path.resolve("dist/cli/runwright.cjs");
  const told = "process.on('exit',()=>process.stderr.write('peak '+process.resourceUsage().maxRSS+'\\n'))";
  const env = { ...process.env, XDG_STATE_HOME: path.join(dir, "state"), CI: "true" };
  const before = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [program, "practice", "--auto"], {
    cwd: dir,
    env: { ...env, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(told)}` },
    encoding: "utf8",
  });
  const milliseconds = performance.now() - before;
  if (status !== 0) throw new Error(`The practice run ended with ${status}: ${stderr}`);
  const peak = Number(/peak (\d+)/.exec(stderr)?.[1] ?? Number.NaN) / 1024;
  return { program, env, milliseconds, peak };
}
