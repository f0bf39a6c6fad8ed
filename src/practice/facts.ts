import { incident } from "./world/incident.ts";

/** What a runbook has to be told of a practice world: in a practice as a field, on the command line as `{name}`. */
export interface PracticeWorld {
  /** The application behind the service; also where AWS answers. */
  readonly url: string;
  readonly healthUrl: string;
  readonly modelsUrl: string;
  /** Takes only POST, and wants an `x-api-key`. */
  readonly predictUrl: string;
  /** A reference to that key. */
  readonly apiKey: string;
  /** Takes notifications. */
  readonly webhook: string;
  /** A terraform configuration of its own, and where it acts. */
  readonly dir: string;
  readonly region: string;
  readonly account: string;
  readonly cluster: string;
  readonly service: string;
  /** The release before the deployed one, as `family:revision`; it is not there while Redis is closed. */
  readonly lastGood: string;
  readonly secretName: string;
  readonly logGroup: string;
  /** What the log says while the secret is missing, and when Redis cannot be reached. */
  readonly errorPattern: string;
  readonly redisPattern: string;
  readonly targetGroup: string;
  readonly redisGroup: string;
  readonly apiGroup: string;
  readonly redisPort: number;
  /** Addresses in the configuration. The last is of a parameter that exists already, so each apply fails at it. */
  readonly taskDefinitionAddress: string;
  readonly redisRuleAddress: string;
  readonly parameterAddress: string;
}

/** The facts of the world at `url`, whose terraform configuration is in `dir`. */
export function factsOf(place: {
  readonly url: string;
  readonly dir: string;
  readonly keyVariable: string;
}): PracticeWorld {
  const { terraform, securityGroups, patterns, paths } = incident;
  return {
    url: place.url,
    healthUrl: `${place.url}${paths.health}`,
    modelsUrl: `${place.url}${paths.models}`,
    predictUrl: `${place.url}${paths.predict}`,
    apiKey: `env:${place.keyVariable}`,
    webhook: `${place.url}/_world/notifications`,
    dir: place.dir,
    region: incident.region,
    account: incident.account,
    cluster: incident.cluster,
    service: incident.service,
    lastGood: `${incident.family}:${incident.revision - 1}`,
    secretName: incident.secret.variable,
    logGroup: incident.logGroup,
    errorPattern: patterns.missingToken,
    redisPattern: patterns.redis,
    targetGroup: incident.targetGroup.arn,
    redisGroup: securityGroups.redis,
    apiGroup: securityGroups.api,
    redisPort: incident.redisPort,
    taskDefinitionAddress: terraform.addresses.taskDefinition,
    redisRuleAddress: terraform.addresses.redisRule,
    parameterAddress: terraform.addresses.featureFlags,
  };
}
