import type { Practice } from "runwright";
import type { saveState } from "../runbooks/save-state.ts";

export default {
  wrong: ["state-unsaved"],
  // As where it is a child, somebody was at work in the directory before.
  initialised: true,
  input: ({ dir, region }) => ({ dir, region }),
} satisfies Practice<typeof saveState>;
