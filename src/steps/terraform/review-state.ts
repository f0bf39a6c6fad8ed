import { RunbookError } from "../../model/error.ts";
import type { Approvable } from "../parts/approvable.ts";
import type { StateComparison } from "./errored-state.ts";

interface StateVersion {
  readonly serial: number;
  readonly lineage: string;
}

/** What of an inspected `errored.tfstate` a person has to see before it is pushed. */
interface ReviewedState extends Pick<StateComparison, "added" | "removed" | "changed"> {
  readonly file: (StateVersion & { readonly sha256: string; readonly objects: number }) | null;
  readonly stored: StateVersion;
}

/** What a gate shows of a state that was not saved: which objects, never their values. */
export function stateForReview(inspected: ReviewedState): Approvable {
  const { added, removed, changed, stored } = inspected;
  const file = fileOf(inspected);
  return {
    title: "Save the state that terraform could not save?",
    summary: `errored.tfstate: serial ${file.serial} of lineage ${file.lineage}, ${file.objects} objects; the backend is at serial ${stored.serial}`,
    lines: [
      ...added.map((address) => `only in the file: ${address}`),
      ...changed.map((address) => `changed: ${address}`),
      ...removed.map((address) => `no longer there: ${address}`),
      "Until it is saved, every plan is made for a state that is out of date.",
    ],
    risk: "high",
    verb: "push",
    subject: { state: file.sha256, serial: file.serial, over: stored.serial, lineage: file.lineage },
  };
}

/** The part of what was inspected that `terraform.push-state` must be given. */
export function approvedState(inspected: ReviewedState): {
  readonly sha256: string;
  readonly over: StateVersion;
} {
  return { sha256: fileOf(inspected).sha256, over: inspected.stored };
}

function fileOf({ file }: ReviewedState): NonNullable<ReviewedState["file"]> {
  if (file !== null) return file;
  throw new RunbookError("OUTPUT_MISSING", "There is no errored.tfstate to push.");
}
