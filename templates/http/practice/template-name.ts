import type { Practice } from "runwright";
import type runbook from "../runbooks/template-name.ts";

export default {
  // The first look finds it down, the next one finds it up again.
  faults: [{ operation: "app:GET /health", kind: "error", status: 503 }],
  input: (world) => ({ url: world.healthUrl, webhook: world.webhook }),
} satisfies Practice<typeof runbook>;
