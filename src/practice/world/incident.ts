/** The names and ids of the practised incident: what the world is filled with and what a run takes as its input. */
import { CLUSTER, FAMILY, LOG_GROUP, REDIS_TIMEOUT, SECURITY_GROUPS, SERVICE } from "./account/app.ts";

const account = "932100007590";
const region = "us-east-1";

const addresses = {
  taskDefinition: "aws_ecs_task_definition.api",
  /** Fails on every apply: the parameter exists already. */
  featureFlags: "aws_ssm_parameter.feature_flags",
  redisRule: "aws_security_group_rule.redis_from_data_pipeline_ecs",
} as const;

export const incident = {
  account,
  region,
  cluster: CLUSTER,
  service: SERVICE,
  family: FAMILY,
  container: "api",
  logGroup: LOG_GROUP,
  /** The revision that is deployed and in the state when the incident begins. */
  revision: 150,
  secret: {
    variable: "HUGGINGFACE_API_KEY",
    name: "hokusai/development/huggingface/api-key",
    arn: `arn:aws:secretsmanager:${region}:${account}:secret:hokusai/development/huggingface/api-key-Qm4xTz`,
  },
  vpc: "vpc-0c9d2e4f6a8b1c3d5",
  subnets: { a: "subnet-0a1f3c5e7092b4d68", b: "subnet-0b2e4d6f8193a5c70" },
  securityGroups: SECURITY_GROUPS,
  redisPort: 6379,
  targetGroup: {
    name: "hokusai-api-development",
    arn: `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/hokusai-api-development/ed9084dcc683f469`,
    port: 8001,
  },
  parameter: "/hokusai/development/feature-flags",
  terraform: {
    /** Within the package. */
    dir: "practice/terraform",
    bucket: "hokusai-tfstate",
    key: "development/terraform.tfstate",
    lockKey: "development/terraform.tfstate.tflock",
    addresses,
    /** With these the first apply leaves the Redis rule alone, as it did in the incident. */
    firstTargets: [addresses.taskDefinition, addresses.featureFlags],
    tolerated: [addresses.featureFlags],
    secondTargets: [addresses.redisRule],
  },
  lock: {
    id: "e55d2481-33f2-90b2-1016-e59f71c8495e",
    who: "deploy@ci-runner-7",
    operation: "OperationTypeApply",
    ageSeconds: 2 * 3600 + 49 * 60,
  },
  patterns: { missingToken: "HuggingFace token not configured", redis: REDIS_TIMEOUT },
  paths: { health: "/health", models: "/api/v1/models", predict: "/api/v1/models/21/predict" },
} as const;
