import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Whole runs, thousands of lives, and a real terraform: what begins last of these is waited for by nobody. */
const long = [
  /test\/sim\//,
  /test\/e2e\/(interrupted|real-terraform|people)/,
  /-incident|agreement/,
  /test\/e2e\//,
];

/** Begins with the files that take longest, so that no worker is alone with one of them at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const index = long.findIndex((pattern) => pattern.test(moduleId));
      return index === -1 ? long.length : index;
    };
    return files.toSorted((one, other) => place(one) - place(other));
  }
}
