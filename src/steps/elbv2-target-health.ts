import { awsLine } from "./parts/shell.ts";
import type {
  ElasticLoadBalancingV2,
  TargetHealthDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { z } from "zod";
import { toMilliseconds } from "../model/duration.ts";
import { defineStep, type StepContext } from "../model/step.ts";
import { ask, look } from "./aws/ask.ts";
import { elbv2 } from "./aws/clients.ts";
import { pause } from "./parts/waiting.ts";
import { durationUpTo, region } from "./parts/shapes.ts";

const input = z.strictObject({
  targetGroupArn: z.string().startsWith("arn:"),
  /** Look again until a target is healthy and none is on its way; when that takes too long the answer says so. */
  waitFor: z.literal("healthy").optional(),
  timeout: durationUpTo("25m").default("5m"),
  pollSeconds: z.int().min(1).default(5),
  region,
});
type HealthQuery = z.output<typeof input>;

const output = z.strictObject({
  healthy: z.int(),
  unhealthy: z.int(),
  targets: z.array(z.strictObject({ id: z.string(), port: z.int(), state: z.string(), reason: z.string() })),
});
type TargetsHealth = z.output<typeof output>;

/** Asks a load balancer how the targets of a group are, or waits until they are healthy. */
export const targetHealth = defineStep({
  kind: "elbv2.target-health",
  effect: "read",
  risk: "none",
  timeout: "30m",
  input,
  output,
  describe: ({ targetGroupArn, waitFor, timeout }) =>
    waitFor === undefined
      ? `read the health of the targets of ${shortName(targetGroupArn)}`
      : `wait up to ${timeout} until the targets of ${shortName(targetGroupArn)} are healthy`,
  commands: ({ targetGroupArn, region: where }) => [
    awsLine("elbv2 describe-target-health", { "target-group-arn": targetGroupArn, region: where }),
  ],
  run: async (question, ctx) => {
    const client = await elbv2(ctx, question.region);
    const health =
      question.waitFor === undefined
        ? await readHealth(client, ctx, question)
        : await waitUntilHealthy(client, ctx, question);
    ctx.evidence("target-health.json", { targetGroupArn: question.targetGroupArn, ...health });
    return health;
  },
});

async function waitUntilHealthy(
  client: ElasticLoadBalancingV2,
  ctx: StepContext,
  question: HealthQuery,
): Promise<TargetsHealth> {
  const deadline = ctx.clock.now().getTime() + toMilliseconds(question.timeout);
  let last: TargetsHealth | undefined;
  for (;;) {
    const result = await look(ctx, () => readHealth(client, ctx, question));
    if ("seen" in result) {
      tellChange(ctx, last, result.seen);
      last = result.seen;
    }
    if (last && isHealthy(last)) return last;
    if (ctx.clock.now().getTime() + question.pollSeconds * 1_000 > deadline) {
      if (last) return last;
      if ("error" in result) throw result.error;
    }
    await pause(ctx, question.pollSeconds);
  }
}

async function readHealth(
  client: ElasticLoadBalancingV2,
  ctx: StepContext,
  { targetGroupArn: TargetGroupArn }: HealthQuery,
): Promise<TargetsHealth> {
  const what = `\`elasticloadbalancing:DescribeTargetHealth\` of \`${TargetGroupArn}\``;
  const answer = await ask(ctx, what, (options) => client.describeTargetHealth({ TargetGroupArn }, options));
  const targets = (answer.TargetHealthDescriptions ?? []).map(targetOf);
  return {
    healthy: targets.filter(({ state }) => state === "healthy").length,
    unhealthy: targets.filter(({ state }) => state === "unhealthy").length,
    targets,
  };
}

function targetOf({ Target, TargetHealth }: TargetHealthDescription): TargetsHealth["targets"][number] {
  return {
    id: Target?.Id ?? "",
    port: Target?.Port ?? 0,
    state: TargetHealth?.State ?? "unknown",
    reason: TargetHealth?.Description ?? TargetHealth?.Reason ?? "",
  };
}

/** Draining targets are on their way out and say nothing about what replaces them. */
function isHealthy({ healthy, targets }: TargetsHealth): boolean {
  return healthy > 0 && targets.every(({ state }) => state === "healthy" || state === "draining");
}

function tellChange(ctx: StepContext, before: TargetsHealth | undefined, now: TargetsHealth): void {
  const line = lineOf(now);
  if (before === undefined || lineOf(before) !== line) ctx.progress(line);
}

function lineOf({ targets }: TargetsHealth): string {
  if (targets.length === 0) return "no targets";
  return targets.map(({ id, port, state }) => `${id}:${port} ${state}`).join(", ");
}

function shortName(arn: string): string {
  return arn.split("targetgroup/")[1] ?? arn;
}
