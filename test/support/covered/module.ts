/** What vitest asks for when coverage is wanted. */
import v8 from "@vitest/coverage-v8";
import type { CoverageProviderModule } from "vitest/node";

const module: CoverageProviderModule = {
  ...v8,
  getProvider: async () => {
    const { ProgramsToo } = await import("./provider.ts");
    return new ProgramsToo();
  },
};

export default module;
