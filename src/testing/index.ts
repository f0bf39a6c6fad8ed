/** What a test of a runbook may import. */
export { fake, fakeAt, fails, lost, after, type Fake, type FakeContext } from "./fake.ts";
export { simulate, type Simulated } from "./simulate.ts";
export { everyPath, type EveryPath, type SimulatedPath } from "./every-path.ts";
export type { Coverage, Share } from "./coverage.ts";
export { crashEverywhere, type Crashes, type CrashDifference, type RunResult } from "./crash-everywhere.ts";
export type { Simulation } from "./simulation.ts";
export type { AttributedAnswer, ScriptedAnswers } from "../engine/scripted-answers.ts";
export { check, type CheckResult, type CheckOptions } from "../check/check.ts";
export { fromRun } from "./from-run.ts";
export type { Recording } from "./recording.ts";
export { replayRecording, type Divergence } from "./replay-recording.ts";
export { loadRunbook } from "./load.ts";
