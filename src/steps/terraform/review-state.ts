import type { z } from "zod";
import { RunbookError } from "../../model/error.ts";
import type { humanConfirm } from "../human-confirm.ts";
import type { terraformInspectErroredState } from "../terraform-inspect-errored-state.ts";
import type { terraformPushState } from "../terraform-push-state.ts";

type Inspected = z.output<(typeof terraformInspectErroredState)["output"]>;
type Pushed = z.input<(typeof terraformPushState)["input"]>;

/** What a gate shows of a state that was not saved: which objects, never their values. */
export function stateForReview(inspected: Inspected): z.input<(typeof humanConfirm)["input"]> {
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
export function approvedState(inspected: Inspected): Pick<Pushed, "sha256" | "over"> {
  return { sha256: fileOf(inspected).sha256, over: inspected.stored };
}

function fileOf({ file }: Inspected): NonNullable<Inspected["file"]> {
  if (file !== null) return file;
  throw new RunbookError("OUTPUT_MISSING", "There is no errored.tfstate to push.");
}
