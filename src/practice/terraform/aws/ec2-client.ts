/** The part of EC2's SDK that the stand-in uses; the build bundles just this, because all of it takes half a second to load. */
export {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  EC2Client,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
