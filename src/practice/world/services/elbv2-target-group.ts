import { flag, optionalInteger, optionalRecord, optionalText, text } from "../account/input.ts";
import { tagsOf, type Tags } from "../account/tags.ts";
import type { Request, TargetHealth } from "../account/world.ts";

/** A target group's settings, with the names of the ELBv2 API. */
export interface TargetGroupSettings {
  readonly TargetGroupName: string;
  readonly Protocol: string | undefined;
  readonly ProtocolVersion: string | undefined;
  readonly Port: number | undefined;
  readonly VpcId: string | undefined;
  readonly HealthCheckProtocol: string;
  readonly HealthCheckPort: string;
  readonly HealthCheckEnabled: boolean;
  readonly HealthCheckIntervalSeconds: number;
  readonly HealthCheckTimeoutSeconds: number;
  readonly HealthyThresholdCount: number;
  readonly UnhealthyThresholdCount: number;
  readonly HealthCheckPath: string | undefined;
  readonly Matcher: { readonly HttpCode: string };
  readonly TargetType: string;
  readonly IpAddressType: string;
}

export interface TargetGroup {
  readonly arn: string;
  readonly settings: TargetGroupSettings;
  readonly attributes: Tags;
  readonly tags: Tags;
  readonly targets: readonly TargetHealth[];
}

export function readSettings(request: Request): TargetGroupSettings {
  const protocol = optionalText(request, "Protocol");
  const isHttp = protocol === "HTTP" || protocol === "HTTPS";
  return modifySettings(
    {
      TargetGroupName: text(request, "Name"),
      Protocol: protocol,
      ProtocolVersion: optionalText(request, "ProtocolVersion") ?? (isHttp ? "HTTP1" : undefined),
      Port: optionalInteger(request, "Port"),
      VpcId: optionalText(request, "VpcId"),
      HealthCheckProtocol: "HTTP",
      HealthCheckPort: "traffic-port",
      HealthCheckEnabled: true,
      HealthCheckIntervalSeconds: 30,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 5,
      UnhealthyThresholdCount: 2,
      HealthCheckPath: isHttp ? "/" : undefined,
      Matcher: { HttpCode: "200" },
      TargetType: optionalText(request, "TargetType") ?? "instance",
      IpAddressType: optionalText(request, "IpAddressType") ?? "ipv4",
    },
    request,
  );
}

/** What can be modified later: the health check. */
export function modifySettings(known: TargetGroupSettings, request: Request): TargetGroupSettings {
  const integer = (name: "HealthCheckIntervalSeconds" | "HealthCheckTimeoutSeconds") =>
    optionalInteger(request, name) ?? known[name];
  const matcher = optionalRecord(request, "Matcher") ?? {};
  return {
    ...known,
    HealthCheckProtocol: optionalText(request, "HealthCheckProtocol") ?? known.HealthCheckProtocol,
    HealthCheckPort: optionalText(request, "HealthCheckPort") ?? known.HealthCheckPort,
    HealthCheckEnabled: flag(request, "HealthCheckEnabled") ?? known.HealthCheckEnabled,
    HealthCheckIntervalSeconds: integer("HealthCheckIntervalSeconds"),
    HealthCheckTimeoutSeconds: integer("HealthCheckTimeoutSeconds"),
    HealthyThresholdCount: optionalInteger(request, "HealthyThresholdCount") ?? known.HealthyThresholdCount,
    UnhealthyThresholdCount:
      optionalInteger(request, "UnhealthyThresholdCount") ?? known.UnhealthyThresholdCount,
    HealthCheckPath: optionalText(request, "HealthCheckPath") ?? known.HealthCheckPath,
    Matcher: { HttpCode: optionalText(matcher, "HttpCode") ?? known.Matcher.HttpCode },
  };
}

export function defaultAttributes(): Tags {
  return tagsOf({
    "deregistration_delay.timeout_seconds": "300",
    "stickiness.enabled": "false",
    "stickiness.type": "lb_cookie",
    "stickiness.lb_cookie.duration_seconds": "86400",
    "stickiness.app_cookie.cookie_name": "",
    "stickiness.app_cookie.duration_seconds": "86400",
    "slow_start.duration_seconds": "0",
    "load_balancing.algorithm.type": "round_robin",
    "load_balancing.algorithm.anomaly_mitigation": "off",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
  });
}

export function describeTargetGroup({ arn, settings }: TargetGroup): unknown {
  return { TargetGroupArn: arn, ...settings, LoadBalancerArns: [] };
}

const explanations: Readonly<
  Record<TargetHealth["state"], readonly [reason: string, description: string] | undefined>
> = {
  healthy: undefined,
  initial: ["Elb.RegistrationInProgress", "Target registration is in progress"],
  unhealthy: ["Target.FailedHealthChecks", "Health checks failed"],
  draining: ["Target.DeregistrationInProgress", "Target deregistration is in progress"],
};

export function describeTarget({ id, port, state, reason }: TargetHealth): unknown {
  const [usual, description] = explanations[state] ?? [];
  const Reason = reason ?? usual;
  const Description = Reason === "Target.Timeout" ? "Request timed out" : description;
  return {
    Target: { Id: id, Port: port },
    HealthCheckPort: String(port),
    TargetHealth: { State: state, Reason, Description },
  };
}
