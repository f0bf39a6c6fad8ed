import { RunbookError, messageOf } from "../../model/error.ts";

/** One thing that `doctor` looked at. `unknown` is for what could not be looked at and may be all right. */
export interface DoctorFinding {
  readonly name: string;
  readonly verdict: "ok" | "FAIL" | "unknown";
  /** What was found, and where it came from. */
  readonly detail: string;
  /** What to do about it; empty when it is well. */
  readonly next: string;
}

export function ok(name: string, detail: string): DoctorFinding {
  return { name, verdict: "ok", detail, next: "" };
}

export function fail(name: string, detail: string, next: string): DoctorFinding {
  return { name, verdict: "FAIL", detail, next };
}

export function unknown(name: string, detail: string, next: string): DoctorFinding {
  return { name, verdict: "unknown", detail, next };
}

/** What an error says, as a finding. */
export function failed(name: string, error: unknown): DoctorFinding {
  if (error instanceof RunbookError) return fail(name, `${error.message} [${error.code}]`, error.hint);
  return fail(name, messageOf(error), "Read the message.");
}
