/** The settings of a service: what may be set, what is assumed, and which changes need new tasks. */
import { z } from "zod";
import type { EcsService } from "./ecs-state.ts";

const Network = z.looseObject({
  awsvpcConfiguration: z.looseObject({
    subnets: z.array(z.string()).default([]),
    securityGroups: z.array(z.string()).default([]),
    assignPublicIp: z.string().default("DISABLED"),
  }),
});
const Breaker = z.object({ enable: z.boolean(), rollback: z.boolean() });
const DeploymentConfiguration = z.looseObject({
  deploymentCircuitBreaker: Breaker.optional(),
  maximumPercent: z.number().optional(),
  minimumHealthyPercent: z.number().optional(),
});
const LoadBalancers = z.array(
  z.looseObject({
    targetGroupArn: z.string().optional(),
    containerName: z.string().optional(),
    containerPort: z.number().optional(),
  }),
);

/** Members that are kept and given back; the first group starts a new deployment when it changes. */
const Rolling = z.object({
  networkConfiguration: Network.optional(),
  loadBalancers: LoadBalancers.optional(),
  platformVersion: z.string().optional(),
  serviceRegistries: z.array(z.unknown()).optional(),
  enableExecuteCommand: z.boolean().optional(),
  capacityProviderStrategy: z.array(z.unknown()).optional(),
  propagateTags: z.string().optional(),
  enableECSManagedTags: z.boolean().optional(),
});
const Quiet = z.object({
  deploymentConfiguration: DeploymentConfiguration.optional(),
  availabilityZoneRebalancing: z.string().optional(),
  healthCheckGracePeriodSeconds: z.number().optional(),
});
/** The members of a service that callers set and get back. */
export const Settings = Rolling.extend(Quiet.shape);
/** What ECS assumes where `CreateService` says nothing. */
export const DEFAULTS = {
  loadBalancers: [],
  platformVersion: "LATEST",
  enableExecuteCommand: false,
  propagateTags: "NONE",
  enableECSManagedTags: false,
  availabilityZoneRebalancing: "DISABLED",
  healthCheckGracePeriodSeconds: 0,
};

/** Only what the request sets, without the members that it leaves out. */
function given(settings: z.infer<typeof Settings>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/** Takes over into the service what a request sets. */
export function applySettings(service: EcsService, settings: z.infer<typeof Settings>): void {
  const { deploymentConfiguration, networkConfiguration, loadBalancers } = settings;
  const former = DeploymentConfiguration.parse(service.settings["deploymentConfiguration"] ?? {});
  const breaker = deploymentConfiguration?.deploymentCircuitBreaker ?? service.breaker;
  const deployment = {
    maximumPercent: 200,
    minimumHealthyPercent: 100,
    ...former,
    ...deploymentConfiguration,
    deploymentCircuitBreaker: breaker,
  };
  service.settings = { ...service.settings, ...given(settings), deploymentConfiguration: deployment };
  service.breaker = breaker;
  service.securityGroups = networkConfiguration?.awsvpcConfiguration.securityGroups ?? service.securityGroups;
  service.loadBalancers = loadBalancers ?? service.loadBalancers;
}

/** The settings as one text, to see whether a request changed any: those that need new tasks, or the others. */
export function pictureOf(service: EcsService, kind: "rolling" | "quiet"): string {
  return JSON.stringify((kind === "rolling" ? Rolling : Quiet).parse(service.settings));
}
