/** Between EC2's permissions (a port range with lists of peers) and the rules they stand for (one peer each). */
import { optionalInteger, optionalText, records, text } from "../account/input.ts";
import { AwsError, type Request } from "../account/world.ts";
import type { PeerKind, Rule } from "./ec2-state.ts";

/** What identifies a rule within its group: two rules may not agree in all of it. */
export type Permission = Pick<Rule, "protocol" | "from" | "to" | "peer" | "description">;

const peerLists: readonly {
  kind: PeerKind;
  list: string;
  member: string;
  answer: string;
  answerMember: string;
}[] = [
  { kind: "ipv4", list: "IpRanges", member: "CidrIp", answer: "ipRanges", answerMember: "cidrIp" },
  { kind: "ipv6", list: "Ipv6Ranges", member: "CidrIpv6", answer: "ipv6Ranges", answerMember: "cidrIpv6" },
  { kind: "group", list: "Groups", member: "GroupId", answer: "groups", answerMember: "groupId" },
  {
    kind: "prefix-list",
    list: "PrefixListIds",
    member: "PrefixListId",
    answer: "prefixListIds",
    answerMember: "prefixListId",
  },
];

/** The permissions of an authorise or revoke request. */
export function readPermissions(request: Request): readonly Permission[] {
  const given = records(request, "IpPermissions");
  // `--cidr` and friends of old clients stand on the request itself.
  return (given.length > 0 ? given : [topLevelPermission(request)]).flatMap(readPermission);
}

function topLevelPermission(request: Request): Request {
  const { IpProtocol, FromPort, ToPort, CidrIp } = request;
  return { IpProtocol, FromPort, ToPort, IpRanges: [{ CidrIp }] };
}

function readPermission(given: Request): readonly Permission[] {
  const protocol = protocolName(text(given, "IpProtocol"));
  const range = (name: string) => (protocol === "-1" ? -1 : (optionalInteger(given, name) ?? -1));
  const ports = { protocol, from: range("FromPort"), to: range("ToPort") };
  const permissions = peerLists.flatMap(({ kind, list, member }) =>
    records(given, list).map((peer) => ({
      ...ports,
      peer: { kind, value: text(peer, member) },
      description: optionalText(peer, "Description"),
    })),
  );
  if (permissions.length === 0) {
    throw new AwsError("MissingParameter", "Source group, CIDR or prefix list is missing from a permission.");
  }
  return permissions;
}

const protocolNames: Readonly<Record<string, string>> = { "1": "icmp", "6": "tcp", "17": "udp", all: "-1" };

export function protocolName(given: string): string {
  const name = given.toLowerCase();
  return protocolNames[name] ?? name;
}

export function isSamePermission(one: Permission, other: Permission): boolean {
  return (
    one.protocol === other.protocol &&
    one.from === other.from &&
    one.to === other.to &&
    one.peer.kind === other.peer.kind &&
    one.peer.value === other.peer.value
  );
}

/** The rules of one direction, gathered into permissions as DescribeSecurityGroups shows them. */
export function permissionsOf(
  rules: readonly Rule[],
  direction: Rule["direction"],
  account: string,
): readonly unknown[] {
  const ranges = new Map<string, Rule[]>();
  for (const rule of rules) {
    if (rule.direction !== direction) continue;
    const key = `${rule.protocol} ${rule.from} ${rule.to}`;
    ranges.set(key, [...(ranges.get(key) ?? []), rule]);
  }
  return [...ranges.values()].map((range) => permissionOf(range, account));
}

function permissionOf(range: readonly Rule[], account: string): unknown {
  const [first] = range;
  const hasPorts = first !== undefined && first.protocol !== "-1";
  const peers = peerLists.map(({ kind, answer, answerMember }) => [
    answer,
    range
      .filter((rule) => rule.peer.kind === kind)
      .map((rule) => ({
        ...(kind === "group" ? { userId: account } : {}),
        [answerMember]: rule.peer.value,
        description: rule.description,
      })),
  ]);
  return {
    ipProtocol: first?.protocol,
    fromPort: hasPorts ? first.from : undefined,
    toPort: hasPorts ? first.to : undefined,
    ...Object.fromEntries(peers),
  };
}
