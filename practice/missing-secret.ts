import type { Practice } from "runwright";
import type missingSecret from "../runbooks/missing-secret.ts";

export default {
  wrong: ["secret-missing", "redis-closed", "state-locked"],
  input: (world) => ({
    dir: world.dir,
    region: world.region,
    cluster: world.cluster,
    service: world.service,
    secretName: world.secretName,
    taskDefinitionAddress: world.taskDefinitionAddress,
    // With these the first apply leaves the rule of Redis alone, as it did in the incident.
    targets: [world.taskDefinitionAddress, world.parameterAddress],
    tolerate: [world.parameterAddress],
    logGroup: world.logGroup,
    errorPattern: world.errorPattern,
    redisPattern: world.redisPattern,
    redisGroup: world.redisGroup,
    apiGroup: world.apiGroup,
    redisPort: world.redisPort,
    redisRuleAddress: world.redisRuleAddress,
    targetGroup: world.targetGroup,
    predictUrl: world.predictUrl,
    expectJson: {
      model_id: "21",
      "prediction.lead_score": "70",
      "prediction.conversion_probability": "0.7",
      "prediction.recommendation": "Hot",
    },
    healthUrl: world.healthUrl,
    modelsUrl: world.modelsUrl,
    apiKey: world.apiKey,
    webhook: world.webhook,
    pollSeconds: 1,
    watch: "1s",
  }),
} satisfies Practice<typeof missingSecret>;
