import type { Json, JsonObject } from "./json.ts";
import { isObject, objectsOf, textOf } from "./json-read.ts";
import { counted } from "./counted.ts";
import { lastOfArn } from "./arn.ts";

/** What came of a step in a few words. A step can end well and bring bad news: then `good` is false. */
export interface OutcomeText {
  readonly text: string;
  readonly good: boolean;
}

const byKind: Readonly<Record<string, (output: JsonObject) => OutcomeText>> = {
  "terraform.init": ({ terraformVersion }) => well(`terraform ${textOf(terraformVersion)}`),
  "terraform.inspect-lock": ({ locked, who, verdict }) =>
    locked === true
      ? news(`held by ${textOf(who) || "an unknown holder"}, who is ${textOf(verdict) || "unknown"}`)
      : well("not locked"),
  "terraform.force-unlock": ({ removed }) =>
    well(removed === true ? "the lock is removed" : "the lock was gone already"),
  "terraform.taint": ({ address, alreadyTainted }) =>
    well(`${textOf(address)} ${alreadyTainted === true ? "was tainted already" : "is tainted"}`),
  "terraform.plan": plan,
  "terraform.apply": apply,
  "ecs.describe-task-definition": ({ family, revision, secrets }) =>
    well(`${textOf(family)}:${countOf(revision)}, ${counted(lengthOf(secrets), "secret")}`),
  "ecs.update-service": ({ deploymentId, taskDefinition }) =>
    well(`deployment ${textOf(deploymentId)} of ${lastOfArn(textOf(taskDefinition))}`),
  "ecs.await-deployment": rollout,
  "ec2.security-group-ingress": ({ admitted, group, source, port }) => {
    const what = `${textOf(group)} ${admitted === true ? "admits" : "does NOT admit"} ${textOf(source)} on ${countOf(port)}`;
    return { text: what, good: admitted === true };
  },
  "elbv2.target-health": ({ healthy, unhealthy }) => ({
    text: `${countOf(healthy)} healthy, ${countOf(unhealthy)} unhealthy`,
    good: countOf(healthy) > 0 && countOf(unhealthy) === 0,
  }),
  "logs.search": ({ count, truncated }) => {
    const found = countOf(count);
    return well(`${truncated === true ? "at least " : ""}${counted(found, "match", "matches")}`);
  },
  "http.probe": probe,
  "notify.webhook": ({ status }) => well(`HTTP ${countOf(status)}`),
};

/** Drawn from the output where it is plain what matters in it; undefined elsewhere. */
export function outcomeText(kind: string | null, output: Json): OutcomeText | undefined {
  if (kind === null || !isObject(output)) return undefined;
  const read = Object.hasOwn(byKind, kind) ? byKind[kind] : undefined;
  return read?.(output);
}

function plan({ replacements, destroys, add, change, drift, sha256 }: JsonObject): OutcomeText {
  const replaced = lengthOf(replacements);
  const counts = [
    [replaced, "to replace"],
    [countOf(add) - replaced, "to add"],
    [countOf(change), "to change"],
    [lengthOf(destroys), "to destroy"],
    [lengthOf(drift), "drifted"],
  ] as const;
  const said = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const changes = said.length === 0 ? "no changes" : said.join(", ");
  return { text: `${changes}, sha ${textOf(sha256).slice(0, 8)}`, good: lengthOf(destroys) === 0 };
}

function apply({ resources, tolerated }: JsonObject): OutcomeText {
  const rows = objectsOf(resources);
  const counts = ["applied", "failed", "untouched", "unknown"].map((outcome) => {
    const count = rows.filter((row) => row["outcome"] === outcome).length;
    return { outcome, count };
  });
  const said = counts
    .filter(({ count, outcome }) => count > 0 || outcome === "applied")
    .map(({ count, outcome }) => `${count} ${outcome}`);
  const forgiven = lengthOf(tolerated);
  const text = said.join(", ") + (forgiven === 0 ? "" : ` (${forgiven} tolerated)`);
  return { text, good: counts.every(({ outcome, count }) => outcome === "applied" || count === 0) };
}

function rollout({ outcome, reason, running, desired, live }: JsonObject): OutcomeText {
  const tasks = `${countOf(running)}/${countOf(desired)} running`;
  if (outcome === "completed") return well(`completed, ${lastOfArn(textOf(live))}, ${tasks}`);
  const what = outcome === "rolledBack" ? "ROLLED BACK" : textOf(outcome).toUpperCase();
  return news([what, textOf(reason)].filter((part) => part !== "").join(": "));
}

function probe({ ok, status, error, attempts }: JsonObject): OutcomeText {
  const tries = countOf(attempts) > 1 ? ` after ${countOf(attempts)} attempts` : "";
  const answer = typeof status === "number" ? `HTTP ${status}` : `no answer: ${textOf(error)}`;
  return { text: `${answer}${tries}, ${ok === true ? "as expected" : "NOT as expected"}`, good: ok === true };
}

function well(text: string): OutcomeText {
  return { text, good: true };
}

function news(text: string): OutcomeText {
  return { text, good: false };
}

function countOf(value: Json | undefined): number {
  return typeof value === "number" ? value : 0;
}

function lengthOf(value: Json | undefined): number {
  return Array.isArray(value) ? value.length : 0;
}
