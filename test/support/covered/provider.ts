/** Coverage of what the workers run themselves, as vitest counts it, and of what the programs ran that they started. */
import { rmSync } from "node:fs";
import path from "node:path";
import { V8CoverageProvider } from "@vitest/coverage-v8/dist/provider.js";
import type { ReportContext, Vitest } from "vitest/node";
import { Programs, ranWithin, type Position, type Span } from "./programs.ts";

/** Where the programs leave what they ran, as node writes it. */
const left = path.resolve("coverage", "programs");

/** How istanbul counts a file. */
interface FileCounts {
  readonly statementMap: Readonly<Record<string, Span>>;
  readonly fnMap: Readonly<Record<string, { readonly loc: Span }>>;
  readonly branchMap: Readonly<Record<string, { readonly locations: readonly Partial<Span>[] }>>;
  readonly s: Record<string, number>;
  readonly f: Record<string, number>;
  readonly b: Record<string, number[]>;
}

interface Counted {
  readonly files: () => readonly string[];
  readonly fileCoverageFor: (file: string) => { readonly data: FileCounts };
}

export class ProgramsToo extends V8CoverageProvider {
  readonly #programs = new Programs(left, "dist");

  override initialize(vitest: Vitest): void {
    super.initialize(vitest);
    rmSync(left, { recursive: true, force: true });
    process.env["RUNWRIGHT_TEST_PROGRAMS"] = left;
  }

  /** Takes them in while the tests go on: together they are some gigabytes. */
  override onAfterSuiteRun(meta: Parameters<V8CoverageProvider["onAfterSuiteRun"]>[0]): void {
    super.onAfterSuiteRun(meta);
    this.#programs.take();
  }

  override async generateCoverage(
    context: ReportContext,
  ): ReturnType<V8CoverageProvider["generateCoverage"]> {
    const map = await super.generateCoverage(context);
    this.#programs.take();
    const ran = this.#programs.ran();
    const counted: Counted = map;
    for (const file of counted.files()) {
      const places = ran.get(file);
      if (places !== undefined) addTo(counted.fileCoverageFor(file).data, places);
    }
    rmSync(left, { recursive: true, force: true });
    return map;
  }
}

function addTo(counts: FileCounts, places: readonly Position[]): void {
  for (const [key, span] of Object.entries(counts.statementMap))
    if (counts.s[key] === 0 && ranWithin(places, span)) counts.s[key] = 1;
  for (const [key, { loc }] of Object.entries(counts.fnMap))
    if (counts.f[key] === 0 && ranWithin(places, loc)) counts.f[key] = 1;
  for (const [key, { locations }] of Object.entries(counts.branchMap))
    for (const [way, { start, end }] of locations.entries()) {
      const taken = counts.b[key];
      // Of the way past an `if` without `else` nothing is written that could have been run.
      if (taken?.[way] !== 0 || start?.line === undefined || end?.line === undefined) continue;
      if (ranWithin(places, { start, end })) taken[way] = 1;
    }
}
