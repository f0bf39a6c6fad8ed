import type { Service } from "../account/world.ts";

/** STS, for those who ask who they are: always the on-call role of the world's account. */
export const stsService: Service = {
  GetCallerIdentity: (_request, { account }) => ({
    Arn: `arn:aws:sts::${account}:assumed-role/oncall/practice`,
    UserId: "AROAPRACTICEONCALLROLE:practice",
    Account: account,
  }),
};
