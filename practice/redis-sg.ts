import type { Practice } from "runwright";
import type { redisSg } from "../runbooks/redis-sg.ts";

export default {
  wrong: ["secret-missing", "redis-closed"],
  // As where it is a child, somebody was at work in the directory before.
  initialised: true,
  input: ({ dir, region, redisGroup, apiGroup, redisPort, redisRuleAddress, healthUrl }) => {
    return { dir, region, redisGroup, apiGroup, redisPort, redisRuleAddress, healthUrl };
  },
} satisfies Practice<typeof redisSg>;
