import type { Practice } from "runwright";
import type runbook from "../runbooks/template-name.ts";

export default {
  input: ({ dir, region, cluster, service, healthUrl }) => ({
    dir,
    region,
    cluster,
    service,
    url: healthUrl,
  }),
} satisfies Practice<typeof runbook>;
