import { lastOfArn } from "../model/arn.ts";
import type { RecordedAttempt } from "../model/attempts.ts";
import { counted } from "../model/counted.ts";
import { isTrue, numberAt, objectsAt, textAt, textsAt } from "../model/json-read.ts";
import type { Json } from "../model/json.ts";
import { toSecond } from "../model/time-text.ts";
import { text } from "./markdown.ts";

/** What an attempt found, in a few words; nothing is concluded from it. */
export function factOf({ outcome, failure, output, start }: RecordedAttempt): string {
  if (outcome === "failed") return `**FAILED**: ${text(`${failure?.code ?? ""}: ${failure?.message ?? ""}`)}`;
  if (outcome === "cancelled") return "**CANCELLED**";
  if (outcome === "open") return "**NOT ENDED**";
  const read = Object.hasOwn(byKind, start.kind) ? byKind[start.kind] : undefined;
  return read === undefined ? "succeeded" : text(read(output));
}

const byKind: Readonly<Record<string, (output: Json) => string>> = {
  "http.probe": probe,
  "logs.search": (output) => {
    const from = toSecond(textAt(output, "from"));
    const to = toSecond(textAt(output, "to"));
    const least = isTrue(output, "truncated") ? "at least " : "";
    return `${least}${numberAt(output, "count") ?? 0} matches between ${from} and ${to} UTC`;
  },
  "elbv2.target-health": (output) =>
    `${numberAt(output, "healthy") ?? 0} healthy, ${numberAt(output, "unhealthy") ?? 0} unhealthy`,
  "ecs.describe-task-definition": (output) =>
    `${lastOfArn(textAt(output, "arn"))} has the secrets ${textsAt(output, "secrets").join(", ") || "(none)"}`,
  "ecs.update-service": (output) =>
    `ECS made deployment ${textAt(output, "deploymentId")} of ${lastOfArn(textAt(output, "taskDefinition"))}`,
  "ecs.await-deployment": (output) =>
    `${textAt(output, "outcome")}: ${textAt(output, "reason")} Live revision: ${lastOfArn(textAt(output, "live")) || "none"}.`,
  "ec2.security-group-ingress": (output) =>
    `${textAt(output, "group")} ${isTrue(output, "admitted") ? "admits" : "does not admit"} ${textAt(output, "source")} on port ${numberAt(output, "port") ?? "?"}`,
  "terraform.inspect-lock": (output) =>
    isTrue(output, "locked")
      ? `held by ${textAt(output, "who") || "an unknown holder"} (${textAt(output, "operation") || "operation unknown"}) since ${textAt(output, "created") || "an unknown time"}; holder judged ${textAt(output, "verdict") || "unknown"}`
      : "nobody holds the lock",
  "terraform.force-unlock": (output) =>
    isTrue(output, "removed") ? "the lock was removed" : "the lock was gone already",
  "terraform.taint": () => "tainted",
  "terraform.plan": (output) =>
    `${counted(objectsAt(output, "resources").length, "resource")} to change, saved plan SHA-256 ${textAt(output, "sha256")}`,
  "terraform.apply": (output) => {
    const rows = objectsAt(output, "resources");
    const counts = ["applied", "failed", "untouched", "unknown"].map(
      (word) => `${rows.filter((row) => row["outcome"] === word).length} ${word}`,
    );
    return counts.filter((count) => !count.startsWith("0 ")).join(", ");
  },
  "notify.webhook": (output) => `the receiver answered ${numberAt(output, "status") ?? "nothing"}`,
};

function probe(output: Json): string {
  const status = numberAt(output, "status");
  const answer = status === null ? `no answer (${textAt(output, "error")})` : `HTTP ${status}`;
  const missed = objectsAt(output, "assertions").filter((assertion) => assertion["pass"] !== true);
  const wrong = missed.map(
    (assertion) =>
      `${textAt(assertion, "what")} is ${textAt(assertion, "got")}, expected ${textAt(assertion, "expected")}`,
  );
  const tries = numberAt(output, "attempts") ?? 1;
  const took = `${numberAt(output, "elapsedMs") ?? "?"} ms${tries > 1 ? `, attempt ${tries}` : ""}`;
  return `${answer} in ${took}, ${isTrue(output, "ok") ? "as expected" : `NOT as expected${wrong.length === 0 ? "" : `: ${wrong.join("; ")}`}`}`;
}
