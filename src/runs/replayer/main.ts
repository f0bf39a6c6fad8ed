/** A program that runs somebody's runbook to see what its record leads to. It is started without rights: process/confined.ts. */
import { createInterface } from "node:readline";
import { answerTo } from "../replay-answer.ts";
import { harmlessModules, takePowers } from "../powerless.ts";
import type { ReplayQuestion } from "../replay-question.ts";

async function main(): Promise<void> {
  const exit = process.exit.bind(process);
  const said = process.stdout;
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const asked = await lines.next();
  const question = JSON.parse(String(asked.value)) as ReplayQuestion;
  const builtIn = harmlessModules();
  // The zone is read from a file when it is first used.
  new Date().getTimezoneOffset();
  said.write("ready\n");
  if ((await lines.next()).value !== "go") exit(1);
  takePowers();
  const answer = await answerTo(question, builtIn);
  said.write(`${JSON.stringify(answer)}\n`, () => exit(0));
}

void main();
