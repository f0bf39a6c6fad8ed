import { runbook } from "runwright";
import {
  httpProbe,
  planForReview,
  securityGroupIngress,
  terraformApply,
  terraformPlan,
} from "runwright/steps";
import { z } from "zod";

const Input = z.strictObject({
  dir: z.string().describe("the directory of the terraform configuration"),
  workspace: z.string().default("default"),
  region: z.string(),
  redisGroup: z.string().describe("the security group of Redis"),
  apiGroup: z.string().describe("the security group of the API's tasks"),
  redisPort: z.int(),
  redisRuleAddress: z.string().describe("the address of the missing rule in the configuration"),
  healthUrl: z.url(),
});

const { step, gate, define } = runbook("redis-sg", {
  title: "Admit the API to Redis",
  input: Input,
  target: ({ dir, workspace, region }) => ({ dir, workspace, region }),
});

export const redisSg = define(
  {
    ingress: step(
      securityGroupIngress,
      ({ input: { redisGroup, apiGroup, redisPort, region } }) => ({
        group: redisGroup,
        source: apiGroup,
        port: redisPort,
        region,
      }),
      {
        title: "Is the rule missing?",
        routes: [{ when: ({ admitted }) => admitted, to: "healthy" }],
        findings: ({ admitted, group, source, port }) => [
          {
            text: `${group} ${admitted ? "admits" : "does not admit"} ${source} on port ${port}`,
            status: "confirmed",
          },
        ],
      },
    ),
    plan: step(
      terraformPlan,
      ({ input: { dir, workspace, redisRuleAddress } }) => ({ dir, workspace, targets: [redisRuleAddress] }),
      {
        title: "Does the configuration have it?",
        routes: [{ when: ({ add }) => add === 0, to: "failed" }],
        findings: ({ add }, { input }) => [
          {
            text: `the configuration has ${input.redisRuleAddress}; it was ${add > 0 ? "never applied" : "applied"}`,
            status: "confirmed",
          },
        ],
      },
    ),
    approve: gate(({ get }) => ({ ...planForReview(get(terraformPlan)), expires: "30m" }), {
      title: "Approve the rule",
    }),
    apply: step(
      terraformApply,
      ({ input: { dir, workspace, redisRuleAddress }, get }) => {
        const { file, sha256, serial, lineage } = get(terraformPlan);
        return { dir, workspace, plan: file, sha256, serial, lineage, wanted: [redisRuleAddress] };
      },
      { title: "Apply the rule" },
    ),
    admitted: step(
      securityGroupIngress,
      ({ input: { redisGroup, apiGroup, redisPort, region } }) => ({
        group: redisGroup,
        source: apiGroup,
        port: redisPort,
        region,
      }),
      { title: "Is it there now?" },
    ),
    healthy: step(
      httpProbe,
      ({ input: { healthUrl } }) => ({
        url: healthUrl,
        expect: { status: [200] },
        retries: { count: 30, delaySeconds: 2 },
        timeoutSeconds: 30,
      }),
      { title: "Wait until the API is healthy" },
    ),
  },
  {
    criteria: {
      healthy: {
        title: "The API answers its health check",
        step: "healthy",
        passes: ({ get }) => get(httpProbe).ok,
      },
    },
  },
);
