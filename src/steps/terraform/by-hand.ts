import { commandLine } from "../parts/shell.ts";

/** The file that a plan made by hand is saved in, so that exactly this plan is applied. */
export const planByHand = "runwright.tfplan";

interface CommandPlace {
  readonly dir: string;
  readonly workspace: string;
}

/** A terraform command as it is typed by hand. */
export function terraformLine({ dir, workspace }: CommandPlace, ...args: readonly string[]): string {
  const line = commandLine("terraform", `-chdir=${dir}`, ...args);
  return workspace === "default" ? line : `${commandLine(`TF_WORKSPACE=${workspace}`)} ${line}`;
}
