import type { RecordedAttempt } from "../model/attempts.ts";
import { numberAt, textAt, textsAt } from "../model/json-read.ts";
import { factOf } from "./facts.ts";
import type { Json } from "../model/json.ts";
import { code, fence } from "./markdown.ts";
import type { Report, Section, ReportedRun } from "./record.ts";
import { between, reference, when } from "./report-text.ts";

/** What was done, with the commands as they were run. */
export const fix: Section = async (report) => ["## The fix", ...(await actionsOf(report, report.root))];

/** Every attempt of a run that changed something or ran a command, in order. */
export async function actionsOf(report: Report, { attempts }: ReportedRun): Promise<readonly string[]> {
  const acting = attempts.filter(
    ({ start, artifacts }) => start.effect === "write" || artifacts.some(({ name }) => isCommand(name)),
  );
  if (acting.length === 0) return ["Nothing was changed and no command was run."];
  const blocks = await Promise.all(acting.map((attempt, index) => actionOf(report, attempt, index + 1)));
  return blocks.flat();
}

function isCommand(name: string): boolean {
  return name.endsWith(".command.json");
}

async function actionOf(report: Report, attempt: RecordedAttempt, nth: number): Promise<readonly string[]> {
  const { step, start, run, rseq, startRseq, startedAt, endedAt } = attempt;
  const took = endedAt === null ? "" : `, ${between(startedAt, endedAt)}`;
  const effect = start.effect === "write" ? `changes something, risk ${start.risk}` : "only reads";
  const again = attempt.attempt > 1 ? `, attempt ${attempt.attempt}` : "";
  const title = `**${nth}.** ${code(start.describe)} (step ${code(step)}${again}, ${effect})`;
  const result = `${when(startedAt)} UTC${took}: ${factOf(attempt)} (${reference(report, run, startRseq)}, ${reference(report, run, rseq)})`;
  const commands = await commandsOf(report, attempt);
  if (commands.length > 0) return [title, result, fence(commands.join("\n"), "console")];
  if (start.effect === "write") return [title, result, callOf(attempt)];
  return [title, result];
}

async function commandsOf(report: Report, { artifacts }: RecordedAttempt): Promise<readonly string[]> {
  const files = artifacts.filter(({ name }) => isCommand(name));
  return Promise.all(
    files.map(async ({ name, sha256 }) => {
      try {
        return commandLine(JSON.parse(new TextDecoder().decode(await report.artifact(sha256))) as Json);
      } catch {
        return `# ${name} is not available (SHA-256 ${sha256})`;
      }
    }),
  );
}

function commandLine(command: Json): string {
  const words = [textAt(command, "file"), ...textsAt(command, "args")].map(quote).join(" ");
  const workspace = textAt(command, "workspace");
  const set = workspace === "" ? "" : `TF_WORKSPACE=${quote(workspace)} `;
  return `$ cd ${quote(textAt(command, "cwd"))}\n$ ${set}${words}\n# exit code ${numberAt(command, "exitCode") ?? "unknown"}`;
}

function quote(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Calls of an API have no command line: what was passed stands for it. */
function callOf({ start: { kind, input } }: RecordedAttempt): string {
  return fence(`${kind} ${JSON.stringify(input, undefined, 1)}`, "text");
}
