import type { Practice } from "runwright";
import type runbook from "../runbooks/template-name.ts";

export default {
  // The configuration has a rule that was never applied.
  wrong: ["secret-missing", "redis-closed"],
  input: (world) => ({
    dir: world.dir,
    region: world.region,
    targets: [world.redisRuleAddress],
    url: world.healthUrl,
  }),
} satisfies Practice<typeof runbook>;
