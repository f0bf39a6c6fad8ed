/**
 * The part of EC2's SDK that is used here. Loaded whole it takes some 90 MB of memory and half a second, so the build
 * bundles just this (bench/share.ts).
 */
export {
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
