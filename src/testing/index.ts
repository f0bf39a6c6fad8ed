/** What a test of a runbook may import. */
export { fake, fakeAt, fails, lost, after, type Fake, type FakeContext } from "./fake.ts";
export { simulate, type Simulated, type Simulation } from "./simulate.ts";
export type { Answer, Answers } from "./operator.ts";
