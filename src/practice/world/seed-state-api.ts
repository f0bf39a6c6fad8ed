import { incident } from "./incident.ts";
import type { StateEntry } from "./seed-state-entry.ts";
import type { Trouble } from "./troubles.ts";

const { account, region, vpc, subnets, securityGroups, targetGroup, secret, family, revision } = incident;
const untagged = { tags: {}, tags_all: {} };
const clusterArn = `arn:aws:ecs:${region}:${account}:cluster/${incident.cluster}`;

export const taskDefinitionArn = `arn:aws:ecs:${region}:${account}:task-definition/${family}:${revision}`;
export const executionRoleArn = `arn:aws:iam::${account}:role/hokusai-ecs-exec`;

/** The containers of a release: what the configuration asks for, or all of it but the HuggingFace secret. */
export function containers(wrong: readonly Trouble[]) {
  const missing = wrong.includes("secret-missing") ? [] : [{ name: secret.variable, valueFrom: secret.arn }];
  return [container(missing)];
}

function container(added: readonly { readonly name: string; readonly valueFrom: string }[]) {
  return {
    cpu: 0,
    environment: [{ name: "ENVIRONMENT", value: "development" }],
    essential: true,
    image: `${account}.dkr.ecr.${region}.amazonaws.com/hokusai/api:2025-10-06`,
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        "awslogs-group": incident.logGroup,
        "awslogs-region": region,
        "awslogs-stream-prefix": "ecs",
      },
    },
    mountPoints: [],
    name: incident.container,
    portMappings: [{ containerPort: targetGroup.port, hostPort: targetGroup.port, protocol: "tcp" }],
    secrets: [
      { name: "DATABASE_URL", valueFrom: "/hokusai/development/database/url" },
      ...added,
      { name: "REDIS_HOST", valueFrom: "/hokusai/development/redis/endpoint" },
      { name: "REDIS_PORT", valueFrom: "/hokusai/development/redis/port" },
    ],
    systemControls: [],
    volumesFrom: [],
  };
}

export function apiEntries(wrong: readonly Trouble[]): readonly StateEntry[] {
  return [
    { type: "aws_cloudwatch_log_group", name: "api", schemaVersion: 0, attributes: logGroupAttributes() },
    {
      type: "aws_secretsmanager_secret",
      name: "huggingface",
      schemaVersion: 0,
      attributes: secretAttributes(),
    },
    { type: "aws_ecs_cluster", name: "main", schemaVersion: 0, attributes: clusterAttributes() },
    {
      type: "aws_lb_target_group",
      name: "api",
      schemaVersion: 0,
      attributes: targetGroupAttributes(),
      dependencies: ["aws_vpc.main"],
    },
    {
      type: "aws_ecs_task_definition",
      name: "api",
      schemaVersion: 1,
      attributes: taskDefinitionAttributes(wrong),
      dependencies: ["aws_cloudwatch_log_group.api", "aws_secretsmanager_secret.huggingface"],
    },
    {
      type: "aws_ecs_service",
      name: "api",
      schemaVersion: 1,
      attributes: serviceAttributes(),
      dependencies: serviceDependencies,
    },
  ];
}

function logGroupAttributes() {
  return {
    arn: `arn:aws:logs:${region}:${account}:log-group:${incident.logGroup}`,
    id: incident.logGroup,
    kms_key_id: "",
    log_group_class: "STANDARD",
    name: incident.logGroup,
    name_prefix: "",
    retention_in_days: 14,
    skip_destroy: false,
    ...untagged,
  };
}

function secretAttributes() {
  return {
    arn: secret.arn,
    description: "",
    force_overwrite_replica_secret: false,
    id: secret.arn,
    kms_key_id: "",
    name: secret.name,
    name_prefix: "",
    policy: "",
    recovery_window_in_days: 30,
    replica: [],
    ...untagged,
  };
}

function clusterAttributes() {
  return {
    arn: clusterArn,
    configuration: [],
    id: clusterArn,
    name: incident.cluster,
    service_connect_defaults: [],
    setting: [{ name: "containerInsights", value: "disabled" }],
    ...untagged,
  };
}

function targetGroupAttributes() {
  const unset = { minimum_healthy_targets_count: "1", minimum_healthy_targets_percentage: "off" };
  return {
    arn: targetGroup.arn,
    arn_suffix: targetGroup.arn.split(":").at(-1),
    connection_termination: null,
    deregistration_delay: "300",
    health_check: [
      {
        enabled: true,
        healthy_threshold: 2,
        interval: 30,
        matcher: "200",
        path: incident.paths.health,
        port: "traffic-port",
        protocol: "HTTP",
        timeout: 5,
        unhealthy_threshold: 3,
      },
    ],
    id: targetGroup.arn,
    ip_address_type: "ipv4",
    lambda_multi_value_headers_enabled: false,
    load_balancer_arns: [],
    load_balancing_algorithm_type: "round_robin",
    load_balancing_anomaly_mitigation: "off",
    load_balancing_cross_zone_enabled: "use_load_balancer_configuration",
    name: targetGroup.name,
    name_prefix: "",
    port: targetGroup.port,
    preserve_client_ip: null,
    protocol: "HTTP",
    protocol_version: "HTTP1",
    proxy_protocol_v2: false,
    slow_start: 0,
    stickiness: [{ cookie_duration: 86400, cookie_name: "", enabled: false, type: "lb_cookie" }],
    ...untagged,
    target_failover: [{ on_deregistration: null, on_unhealthy: null }],
    target_group_health: [
      { dns_failover: [unset], unhealthy_state_routing: [{ ...unset, minimum_healthy_targets_count: 1 }] },
    ],
    target_health_state: [
      { enable_unhealthy_connection_termination: null, unhealthy_draining_interval: null },
    ],
    target_type: "ip",
    vpc_id: vpc,
  };
}

function taskDefinitionAttributes(wrong: readonly Trouble[]) {
  return {
    arn: taskDefinitionArn,
    arn_without_revision: taskDefinitionArn.replace(/:\d+$/, ""),
    container_definitions: JSON.stringify(containers(wrong)),
    cpu: "512",
    enable_fault_injection: false,
    ephemeral_storage: [],
    execution_role_arn: executionRoleArn,
    family,
    id: family,
    inference_accelerator: [],
    ipc_mode: "",
    memory: "1024",
    network_mode: "awsvpc",
    pid_mode: "",
    placement_constraints: [],
    proxy_configuration: [],
    requires_compatibilities: ["FARGATE"],
    revision,
    runtime_platform: [],
    skip_destroy: false,
    ...untagged,
    task_role_arn: "",
    track_latest: false,
    volume: [],
  };
}

function serviceAttributes() {
  const { port } = targetGroup;
  return {
    alarms: [],
    availability_zone_rebalancing: "DISABLED",
    capacity_provider_strategy: [],
    cluster: clusterArn,
    deployment_circuit_breaker: [{ enable: true, rollback: true }],
    deployment_controller: [{ type: "ECS" }],
    deployment_maximum_percent: 200,
    deployment_minimum_healthy_percent: 100,
    desired_count: 1,
    enable_ecs_managed_tags: false,
    enable_execute_command: false,
    force_delete: null,
    force_new_deployment: null,
    health_check_grace_period_seconds: 0,
    iam_role: "/aws-service-role",
    id: `arn:aws:ecs:${region}:${account}:service/${incident.cluster}/${incident.service}`,
    launch_type: "FARGATE",
    load_balancer: [
      {
        container_name: incident.container,
        container_port: port,
        elb_name: "",
        target_group_arn: targetGroup.arn,
      },
    ],
    name: incident.service,
    network_configuration: [
      { assign_public_ip: false, security_groups: [securityGroups.api], subnets: [subnets.a, subnets.b] },
    ],
    ordered_placement_strategy: [],
    placement_constraints: [],
    platform_version: "LATEST",
    propagate_tags: "NONE",
    scheduling_strategy: "REPLICA",
    service_connect_configuration: [],
    service_registries: [],
    ...untagged,
    task_definition: taskDefinitionArn,
    timeouts: null,
    triggers: {},
    volume_configuration: [],
    vpc_lattice_configurations: [],
    wait_for_steady_state: false,
  };
}

const serviceDependencies = [
  "aws_cloudwatch_log_group.api",
  "aws_ecs_cluster.main",
  "aws_ecs_task_definition.api",
  "aws_lb_target_group.api",
  "aws_secretsmanager_secret.huggingface",
  "aws_security_group.data_pipeline_ecs",
  "aws_subnet.a",
  "aws_subnet.b",
  "aws_vpc.main",
];
