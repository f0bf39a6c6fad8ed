import { messageOf } from "../model/error.ts";
import type { RecordedAttempt } from "../model/attempts.ts";
import type { Artifact } from "../model/event.ts";
import { code, fence, text } from "./markdown.ts";
import type { Report } from "./record.ts";
import { reference } from "./report-text.ts";

type WithArtifacts = Pick<RecordedAttempt, "run" | "rseq" | "artifacts">;

const mostLines = 40;
const mostCharacters = 3_000;

/** The artifacts of an attempt, quoted as they are; only their length is limited. */
export async function excerptsOf(report: Report, attempt: WithArtifacts): Promise<readonly string[]> {
  if (attempt.artifacts.length === 0) return ["The step left no evidence file."];
  const blocks = attempt.artifacts.map((artifact) => excerptOf(report, attempt, artifact));
  return (await Promise.all(blocks)).flat();
}

async function excerptOf(
  report: Report,
  attempt: WithArtifacts,
  artifact: Artifact,
): Promise<readonly string[]> {
  const { name, sha256, bytes } = artifact;
  const where = reference(report, attempt.run, attempt.rseq);
  const title = `${code(name)}, ${bytes} bytes, SHA-256 ${code(sha256)} (${where})`;
  const found = await report.artifact(sha256).catch((error: unknown) => error);
  if (!(found instanceof Uint8Array)) {
    const why = messageOf(found);
    return [`${title}: **NOT AVAILABLE**: ${text(why)}`];
  }
  const content = decode(found);
  if (content === undefined) return [`${title}: not text, so it is not quoted here.`];
  const { shown, note } = shorten(indented(content));
  return [`${title}${note}:`, fence(shown, content === shown ? "text" : "json")];
}

/** The text of an artifact, or undefined when it is none. */
function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** JSON is stored on one line; here it is broken into lines and otherwise left as it is. */
function indented(content: string): string {
  if (!/^[[{]/.test(content)) return content;
  try {
    return JSON.stringify(JSON.parse(content), undefined, 1);
  } catch {
    return content;
  }
}

/** Only what is much too long is cut: to leave out three lines helps nobody. */
function shorten(content: string): { readonly shown: string; readonly note: string } {
  const lines = content.trimEnd().split("\n");
  if (lines.length <= mostLines * 1.5 && content.length <= mostCharacters * 1.5)
    return { shown: content, note: "" };
  const kept = lines.slice(0, mostLines).join("\n").slice(0, mostCharacters);
  const left = content.trimEnd().length - kept.length;
  if (left <= 0) return { shown: kept, note: "" };
  return { shown: `${kept}\n[...]`, note: `, its beginning (${left} more characters in the artifact)` };
}
