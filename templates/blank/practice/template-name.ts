import type { Practice } from "runwright";
import type runbook from "../runbooks/template-name.ts";

export default {
  input: (world) => ({ url: world.healthUrl }),
} satisfies Practice<typeof runbook>;
