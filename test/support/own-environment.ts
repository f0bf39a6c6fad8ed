/** The files of a worker share its environment, and what one of them has set is not meant for the next. */
// Programs inherit it whatever environment they are given: see `covered/provider.ts`. The worker itself would have to be started with it.
const programs = process.env["RUNWRIGHT_TEST_PROGRAMS"];
if (programs !== undefined) process.env["NODE_V8_COVERAGE"] = programs;

const kept = Symbol.for("runwright.tests.environment");
const shared = globalThis as { [kept]?: Readonly<NodeJS.ProcessEnv> };
const first = (shared[kept] ??= { ...process.env });

for (const name of Object.keys(process.env)) if (!(name in first)) delete process.env[name];
Object.assign(process.env, first);
