import type { Practice } from "runwright";
import type rollbackRelease from "../runbooks/rollback-release.ts";

export default {
  wrong: ["secret-missing"],
  input: ({ dir, region, cluster, service, lastGood, predictUrl, apiKey, logGroup, errorPattern }) => ({
    dir,
    region,
    cluster,
    service,
    lastGood,
    checkUrl: predictUrl,
    checkMethod: "POST",
    apiKey,
    logGroup,
    errorPattern,
    pollSeconds: 1,
  }),
} satisfies Practice<typeof rollbackRelease>;
