/** What a runbook file, or a program that embeds runwright, may import. */
export { runbook } from "./runbook/define.ts";
export { fromMachine } from "./runbook/from-machine.ts";
export { form, type Form } from "./runbook/form.ts";
export { confirmed, hypothesis } from "./runbook/findings.ts";
export { childActor, stepActor } from "./runbook/actors.ts";
export { defineStep, type Probed, type StepContext } from "./model/step.ts";
export { secretReference } from "./model/secret.ts";
export { RunbookError } from "./model/error.ts";
export type { Practice } from "./practice/practice.ts";
export type { PracticeWorld } from "./practice/facts.ts";
export { defineConfig, type Config } from "./runbook/config.ts";
export type { Scope } from "./runbook/states.ts";
export type { Runbook } from "./runbook/types.ts";
