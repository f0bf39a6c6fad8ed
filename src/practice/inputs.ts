import { incident } from "./world/incident.ts";

/** What a practised run is told of the world: everything that the runbook must not know by itself. */
export function practiceInputs(place: {
  readonly url: string;
  readonly dir: string;
  readonly keyVariable: string;
}): readonly string[] {
  const { terraform, securityGroups, patterns, paths } = incident;
  const values: Readonly<Record<string, unknown>> = {
    dir: place.dir,
    region: incident.region,
    cluster: incident.cluster,
    service: incident.service,
    secretName: incident.secret.variable,
    taskDefinitionAddress: terraform.addresses.taskDefinition,
    targets: terraform.firstTargets,
    tolerate: terraform.tolerated,
    logGroup: incident.logGroup,
    errorPattern: patterns.missingToken,
    redisPattern: patterns.redis,
    redisGroup: securityGroups.redis,
    apiGroup: securityGroups.api,
    redisPort: incident.redisPort,
    redisRuleAddress: terraform.addresses.redisRule,
    targetGroup: incident.targetGroup.arn,
    predictUrl: `${place.url}${paths.predict}`,
    expectJson: {
      model_id: "21",
      "prediction.lead_score": "70",
      "prediction.conversion_probability": "0.7",
      "prediction.recommendation": "Hot",
    },
    healthUrl: `${place.url}${paths.health}`,
    modelsUrl: `${place.url}${paths.models}`,
    apiKey: `env:${place.keyVariable}`,
    webhook: `${place.url}/_world/notifications`,
    pollSeconds: 1,
    watch: "1s",
  };
  return Object.entries(values).flatMap(([name, value]) => [
    "--input",
    `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  ]);
}
