import { confirmed, runbook, type Scope } from "runwright";
import * as steps from "runwright/steps";
import { z } from "zod";

const Input = z.strictObject({
  dir: z.string().describe("the directory of the terraform configuration"),
  workspace: z.string().default("default"),
  region: z.string(),
});
type Of = Scope<z.output<typeof Input>>;

const { step, gate, define } = runbook("save-state", {
  title: "Save a state that terraform could not save",
  input: Input,
  target: ({ dir, workspace, region }) => ({ dir, workspace, region }),
});

export const saveState = define({
  inspect: step(steps.terraformInspectErroredState, terraform, {
    title: "What was not saved?",
    routes: [
      { when: ({ verdict }) => verdict === "none", to: "succeeded" },
      { when: ({ verdict }) => verdict === "conflict", to: "failed" },
    ],
    findings: ({ verdict, file, stored }) =>
      file === null
        ? []
        : [confirmed(`errored.tfstate has serial ${file.serial}, the backend ${stored.serial}: ${verdict}`)],
  }),
  approve: gate(({ get }) => steps.stateForReview(get(steps.terraformInspectErroredState)), {
    title: "Approve the push",
  }),
  push: step(
    steps.terraformPushState,
    (of) => ({ ...terraform(of), ...steps.approvedState(of.get(steps.terraformInspectErroredState)) }),
    { title: "Push the state", retryFrom: "inspect" },
  ),
});

function terraform({ input: { dir, workspace, region } }: Of) {
  return { dir, workspace, region };
}
