/** `runwright/runs`: what a program that embeds runwright may import. */
export { openRuns } from "./open-runs.ts";
export type { DriveRun, GateAnswer, Reasoned, RunHandle, Runs, RunsOptions, StartRun } from "./runs.ts";
export type { RunStateName, RunStatus, OpenGate } from "./run-status.ts";
export type { Summaries } from "./live-view.ts";
export type { Environment } from "../system/account.ts";
export type { Decision } from "../engine/decide.ts";
export type { DriveEnd } from "../engine/drive.ts";
export type { Actor, Gate, RunEvent } from "../model/event.ts";
export type { RunSummary } from "../model/summary.ts";
export type { Verification } from "../model/verify.ts";
export { RunbookError } from "../model/error.ts";
