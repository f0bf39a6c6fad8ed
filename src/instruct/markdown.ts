/** A runbook as instructions for a person with a shell: for the night when nothing else works. */
import type { JsonObject } from "../model/json.ts";
import type { Runbook } from "../runbook/types.ts";
import { instructedStates, type StateAction, type KnownValues, type InstructedState } from "./states.ts";

export function instructions(runbook: Runbook, known: KnownValues): string {
  const missing = Object.keys(shapeOf(runbook)).filter((name) => !(name in known.input));
  const written = new Set<string>();
  const parts = [
    `# ${runbook.title} (${runbook.id}), by hand`,
    "Do one after the other. Write down when you did it, what you saw and who agreed: nothing is recorded for you. `‹...›` stands for what an earlier step shows.",
    ...(missing.length === 0
      ? []
      : [`Not given, so yours to fill in: ${missing.map((name) => `\`‹${name}›\``).join(", ")}.`]),
    ...sections(runbook, known, { prefix: "", written }),
    "## In the end",
    ...(runbook.criteria.length === 0
      ? ["It is done when the last step is."]
      : [
          "It has succeeded only when all of this holds:",
          list(runbook.criteria.map(({ title, step }) => `${title} (\`${step}\`)`)),
        ]),
  ];
  return `${parts.join("\n\n")}\n`;
}

interface SectionContext {
  /** The numbers of the states that this runbook is followed in. */
  readonly prefix: string;
  /** Runbooks that are written out already. */
  readonly written: Set<string>;
}

function sections(
  runbook: Runbook,
  known: KnownValues,
  { prefix, written }: SectionContext,
): readonly string[] {
  written.add(runbook.id);
  return instructedStates(runbook, known).flatMap((state, index) => {
    const number = `${prefix}${index + 1}`;
    const children = state.acts.flatMap((act) => inside(act, { prefix: `${number}.`, written }));
    return [`## ${number}. ${state.title} (\`${state.state}\`)`, ...bodyOf(state), ...children];
  });
}

function inside({ runbook, input }: StateAction, { prefix, written }: SectionContext): readonly string[] {
  if (runbook === undefined || written.has(runbook.id)) return [];
  const given = typeof input === "object" && input !== null ? (input as JsonObject) : {};
  return sections(runbook, { input: given, outputs: {} }, { prefix, written });
}

function bodyOf({ acts, jumps, wait }: InstructedState): readonly string[] {
  return [
    ...(wait === null ? [] : [`Wait ${wait}.`]),
    ...acts.flatMap(actText),
    ...(jumps.length === 0 ? [] : [list(jumps.map((jump) => `Go ${jump}.`))]),
  ];
}

function actText({ effect, risk, describe, commands, input }: StateAction): readonly string[] {
  if (effect === "human") {
    const lines = linesOf(input);
    return [`**Stop.** ${sentence(describe)}${shown(input)}`, ...(lines.length === 0 ? [] : [list(lines)])];
  }
  const warning = effect === "write" ? ` **This changes something (risk ${risk}).**` : "";
  return [
    `${sentence(describe)}${warning}`,
    ...(commands.length === 0 ? [] : [`\`\`\`sh\n${commands.join("\n")}\n\`\`\``]),
  ];
}

function shown(input: unknown): string {
  const { summary } = (typeof input === "object" && input !== null ? input : {}) as {
    readonly summary?: unknown;
  };
  // A number that is not known was calculated with.
  return typeof summary === "string" && summary !== "" && !summary.includes("NaN")
    ? ` ${sentence(summary)}`
    : "";
}

/** What the person is told to do, or is shown. */
function linesOf(input: unknown): readonly string[] {
  const { lines = [] } = (typeof input === "object" && input !== null ? input : {}) as {
    readonly lines?: unknown;
  };
  if (!Array.isArray(lines)) return [];
  return lines.filter((line) => typeof line === "string" && line !== "" && !line.includes("NaN"));
}

function sentence(text: string): string {
  const plain = text.replaceAll(/\s+/g, " ").replaceAll("<", "&lt;");
  return `${plain.charAt(0).toUpperCase()}${plain.slice(1)}${/[.?!]$/.test(plain) ? "" : "."}`;
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item.replaceAll(/\s+/g, " ").replaceAll("<", "&lt;")}`).join("\n");
}

function shapeOf({ input }: Runbook): Readonly<Record<string, unknown>> {
  return (input as { readonly shape?: Readonly<Record<string, unknown>> }).shape ?? {};
}
