/** Target groups of Elastic Load Balancing v2 and the health of their targets. */
import type { Ids } from "../account/ids.ts";
import { records, text, texts } from "../account/input.ts";
import { dropTags, setTags, tagPairs, tagsOf, type TagValues } from "../account/tags.ts";
import { AwsError, type Operation, type Service, type TargetHealth } from "../account/world.ts";
import {
  defaultAttributes,
  describeTarget,
  describeTargetGroup,
  modifySettings,
  readSettings,
  type TargetGroup,
} from "./elbv2-target-group.ts";

export interface TargetGroupSeed {
  readonly arn: string;
  readonly name: string;
  readonly vpc: string;
  readonly port: number;
  readonly healthCheckPath?: string;
  /** Members of `CreateTargetGroup` that are not the usual ones, for example `HealthCheckIntervalSeconds`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly tags?: TagValues;
}

export interface Elbv2 {
  readonly service: Service;
  readonly setTargets: (targetGroupArn: string, targets: readonly TargetHealth[]) => void;
  readonly putTargetGroup: (seed: TargetGroupSeed) => void;
}

interface Elbv2State {
  readonly groups: Map<string, TargetGroup>;
  readonly newArn: (name: string) => string;
}

export function createElbv2(account: string, region: string, ids: Ids): Elbv2 {
  const prefix = `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup`;
  const state: Elbv2State = {
    groups: new Map(),
    newArn: (name) => `${prefix}/${name}/${ids.hex("", 16)}`,
  };
  return {
    service: { ...targetGroups(state), ...attributes(state), ...tagging(state), ...targets(state) },
    setTargets: (arn, health) => {
      const group = state.groups.get(arn);
      if (group) state.groups.set(arn, { ...group, targets: health });
    },
    putTargetGroup: ({ arn, name, vpc, port, healthCheckPath = "/", settings = {}, tags }) => {
      const given = {
        Name: name,
        VpcId: vpc,
        Port: port,
        HealthCheckPath: healthCheckPath,
        TargetType: "ip",
        Protocol: "HTTP",
      };
      state.groups.set(arn, {
        arn,
        settings: readSettings({ ...given, ...settings }),
        attributes: defaultAttributes(),
        tags: tagsOf(tags),
        targets: [],
      });
    },
  };
}

function targetGroups(state: Elbv2State): Service {
  return {
    CreateTargetGroup: (request, { ledger }) => {
      const name = text(request, "Name");
      const known = [...state.groups.values()].find(({ settings }) => settings.TargetGroupName === name);
      if (known) {
        const message = `A target group with the same name '${name}' exists, but with different settings`;
        throw new AwsError("DuplicateTargetGroupName", message);
      }
      const tags = tagsOf({});
      setTags(tags, records(request, "Tags"));
      const arn = state.newArn(name);
      const group = {
        arn,
        settings: readSettings(request),
        attributes: defaultAttributes(),
        tags,
        targets: [],
      };
      state.groups.set(arn, group);
      ledger.record("elasticloadbalancing:CreateTargetGroup", arn, request);
      return { TargetGroups: [describeTargetGroup(group)] };
    },
    DescribeTargetGroups: (request) => {
      const arns = texts(request, "TargetGroupArns");
      const names = texts(request, "Names");
      const all = [...state.groups.values()];
      const byArn = arns.map((arn) => groupOf(state, arn));
      const byName = names.flatMap((name) => all.filter(({ settings }) => settings.TargetGroupName === name));
      if (names.length > 0 && byName.length === 0) throw noTargetGroup();
      const wanted = arns.length + names.length === 0 ? all : [...byArn, ...byName];
      return { TargetGroups: wanted.map(describeTargetGroup) };
    },
    ModifyTargetGroup: (request, { ledger }) => {
      const group = groupOf(state, text(request, "TargetGroupArn"));
      const changed = { ...group, settings: modifySettings(group.settings, request) };
      state.groups.set(group.arn, changed);
      ledger.record("elasticloadbalancing:ModifyTargetGroup", group.arn, request);
      return { TargetGroups: [describeTargetGroup(changed)] };
    },
    DeleteTargetGroup: (request, { ledger }) => {
      const arn = text(request, "TargetGroupArn");
      if (state.groups.delete(arn)) ledger.record("elasticloadbalancing:DeleteTargetGroup", arn, request);
      return {};
    },
    // There are no load balancers: the application answers at the world's own address.
    DescribeLoadBalancers: (request) => {
      if (texts(request, "LoadBalancerArns").length + texts(request, "Names").length > 0) {
        throw new AwsError("LoadBalancerNotFound", "One or more load balancers not found");
      }
      return { LoadBalancers: [] };
    },
  };
}

function attributes(state: Elbv2State): Service {
  return {
    DescribeTargetGroupAttributes: (request) =>
      describeAttributes(groupOf(state, text(request, "TargetGroupArn"))),
    ModifyTargetGroupAttributes: (request, { ledger }) => {
      const group = groupOf(state, text(request, "TargetGroupArn"));
      if (setTags(group.attributes, records(request, "Attributes"))) {
        ledger.record("elasticloadbalancing:ModifyTargetGroupAttributes", group.arn, request);
      }
      return describeAttributes(group);
    },
  };
}

function describeAttributes({ attributes: known }: TargetGroup): unknown {
  return { Attributes: tagPairs(known) };
}

function tagging(state: Elbv2State): Service {
  const all = (arns: readonly string[]) => arns.map((arn) => groupOf(state, arn));
  return {
    DescribeTags: (request) => ({
      TagDescriptions: all(texts(request, "ResourceArns")).map(({ arn, tags }) => ({
        ResourceArn: arn,
        Tags: tagPairs(tags),
      })),
    }),
    AddTags: (request, { ledger }) => {
      for (const { arn, tags } of all(texts(request, "ResourceArns"))) {
        if (setTags(tags, records(request, "Tags")))
          ledger.record("elasticloadbalancing:AddTags", arn, request);
      }
      return {};
    },
    RemoveTags: (request, { ledger }) => {
      for (const { arn, tags } of all(texts(request, "ResourceArns"))) {
        if (dropTags(tags, texts(request, "TagKeys"))) {
          ledger.record("elasticloadbalancing:RemoveTags", arn, request);
        }
      }
      return {};
    },
  };
}

function targets(state: Elbv2State): Service {
  const describe: Operation = (request) => {
    const group = groupOf(state, text(request, "TargetGroupArn"));
    const ids = records(request, "Targets").map((target) => text(target, "Id"));
    const wanted = group.targets.filter(({ id }) => ids.length === 0 || ids.includes(id));
    return { TargetHealthDescriptions: wanted.map(describeTarget) };
  };
  return { DescribeTargetHealth: describe };
}

function groupOf(state: Elbv2State, arn: string): TargetGroup {
  const group = state.groups.get(arn);
  if (!group) throw noTargetGroup();
  return group;
}

function noTargetGroup(): AwsError {
  return new AwsError("TargetGroupNotFound", "One or more target groups not found");
}
