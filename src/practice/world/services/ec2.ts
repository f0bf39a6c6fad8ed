/** EC2 as far as a VPC, its subnets and its security groups go. */
import type { Ids } from "../account/ids.ts";
import { flag, texts } from "../account/input.ts";
import { AwsError, type Operation, type Service } from "../account/world.ts";
import { admits } from "./ec2-admission.ts";
import { createRules, putSecurityGroupRule, type SecurityGroupRuleSeed } from "./ec2-rules.ts";
import { createSecurityGroups, putSecurityGroup, type SecurityGroupSeed } from "./ec2-security-groups.ts";
import { createEc2State, tagResources, untagResources, type Ec2State } from "./ec2-state.ts";
import { createSubnets, putSubnet, type SubnetSeed } from "./ec2-subnets.ts";
import { createVpcs, putVpc, type VpcSeed } from "./ec2-vpcs.ts";

export interface Ec2 {
  readonly service: Service;
  readonly admits: (group: string, source: string, port: number) => boolean;
  readonly putVpc: (seed: VpcSeed) => void;
  readonly putSubnet: (seed: SubnetSeed) => void;
  readonly putSecurityGroup: (seed: SecurityGroupSeed) => void;
  readonly putSecurityGroupRule: (seed: SecurityGroupRuleSeed) => void;
}

export function createEc2(account: string, region: string, ids: Ids): Ec2 {
  const state = createEc2State(ids, account, region);
  const operations = {
    ...createVpcs(state),
    ...createSubnets(state),
    ...createSecurityGroups(state),
    ...createRules(state),
    ...createTagging(state),
  };
  return {
    service: Object.fromEntries(Object.entries(operations).map(([name, act]) => [name, unlessDryRun(act)])),
    admits: (group, source, port) => admits(state, group, source, port),
    putVpc: (seed) => putVpc(state, seed),
    putSubnet: (seed) => putSubnet(state, seed),
    putSecurityGroup: (seed) => putSecurityGroup(state, seed),
    putSecurityGroupRule: (seed) => putSecurityGroupRule(state, seed),
  };
}

/** EC2 answers a dry run that would be allowed with an error. */
function unlessDryRun(act: Operation): Operation {
  return (request, world) => {
    if (flag(request, "DryRun") === true) {
      throw new AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412);
    }
    return act(request, world);
  };
}

function createTagging(state: Ec2State): Service {
  return {
    CreateTags: (request, { ledger }) => {
      const target = texts(request, "ResourceId").join(" ");
      if (tagResources(state, request)) ledger.record("ec2:CreateTags", target, request);
      return { return: true };
    },
    DeleteTags: (request, { ledger }) => {
      const target = texts(request, "ResourceId").join(" ");
      if (untagResources(state, request)) ledger.record("ec2:DeleteTags", target, request);
      return { return: true };
    },
  };
}
