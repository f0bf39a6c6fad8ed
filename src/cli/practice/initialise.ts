import { findTool } from "../../host/tools.ts";
import { RunbookError } from "../../model/error.ts";
import { childEnvironment } from "../../process/environment.ts";
import { runQuick } from "../../process/run-quick.ts";
import type { Io } from "../io.ts";

/** Runs `terraform init` in a practice directory, for a practice that begins with it done. */
export async function initialise(dir: string, env: Io["env"]): Promise<void> {
  const options = { cwd: dir, env: childEnvironment(env), timeoutMs: 120_000 };
  const { exitCode, stderr } = await runQuick(
    await findTool("terraform", env),
    ["init", "-input=false"],
    options,
  );
  if (exitCode !== 0)
    throw new RunbookError(
      "TERRAFORM_FAILED",
      `\`terraform init\` failed in the practice world: ${stderr.trim()}`,
    );
}
