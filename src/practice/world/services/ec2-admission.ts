import type { Ec2State, Rule } from "./ec2-state.ts";

/** Whether a rule of `group` admits members of the group `source` on TCP `port`: by naming the group, or by a range that holds their whole VPC. */
export function admits(state: Ec2State, group: string, source: string, port: number): boolean {
  const vpc = state.vpcs.get(state.groups.get(source)?.vpc ?? "");
  return [...state.rules.values()].some(
    (rule) =>
      rule.group === group &&
      rule.direction === "ingress" &&
      coversPort(rule, port) &&
      coversPeer(rule, source, vpc?.cidr),
  );
}

function coversPort({ protocol, from, to }: Rule, port: number): boolean {
  return protocol === "-1" || (protocol === "tcp" && from <= port && port <= to);
}

function coversPeer({ peer }: Rule, source: string, cidr: string | undefined): boolean {
  if (peer.kind === "group") return peer.value === source;
  return peer.kind === "ipv4" && cidr !== undefined && isWithin(cidr, peer.value);
}

function isWithin(inner: string, outer: string): boolean {
  const one = parseCidr(inner);
  const other = parseCidr(outer);
  return one.bits >= other.bits && Math.floor(one.address / 2 ** (32 - other.bits)) === other.prefix;
}

function parseCidr(cidr: string): {
  readonly address: number;
  readonly bits: number;
  readonly prefix: number;
} {
  const [text = "", length = "32"] = cidr.split("/");
  const address = text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const bits = Number(length);
  return { address, bits, prefix: Math.floor(address / 2 ** (32 - bits)) };
}
