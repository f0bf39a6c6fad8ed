import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { temporary } from "../support/terraform.ts";
import { runwright } from "./support/command-line.ts";

function place() {
  const dir = temporary("runwright-practised-");
  const { PATH = "" } = process.env;
  const env = {
    PATH,
    HOME: dir,
    XDG_STATE_HOME: dir,
    XDG_RUNTIME_DIR: dir,
    RUNWRIGHT_STAND_IN_DELAY_MS: "20",
  };
  return { dir, env };
}

const shipped = readdirSync("runbooks");

test("every runbook that ships says how it is practised", () => {
  expect(shipped.filter((file) => !existsSync(path.join("practice", file)))).toEqual([]);
});

// missing-secret is practised by most tests of this directory.
test.each(shipped.filter((file) => file !== "missing-secret.ts"))(
  "%s mends what is wrong in its practice",
  async (file) => {
    const words = ["practice", path.basename(file, ".ts"), "--auto", "--speed", "600"];
    const said = await runwright(place(), words);
    expect(said).toMatchObject({ code: 0 });
    expect(said.out).toMatch(/SUCCEEDED/);
    expect(said.out).toMatch(/approved by the practice operator/);
  },
);

/** Two gates at which the scripted operator would do something else by itself. */
const asking = `import { form, runbook } from "runwright";
import { z } from "zod";

const Details = form({ ticket: z.string() });
const { choice, ask, gate, define } = runbook("asking", { title: "Ask", input: z.strictObject({ fill: z.string() }) });

export default define({
  way: choice(() => ({ title: "Which way?" }), {
    near: { label: "Near", to: "failed", suggested: () => true },
    far: { label: "Far", to: "details" },
  }),
  details: ask(Details, "Which ticket?"),
  sure: gate(({ get, input }) => ({ title: "Sure?", summary: input.fill + get(Details).values.ticket, risk: "low" })),
});
`;

function declared(text: string) {
  const at = place();
  mkdirSync(path.join(at.dir, "runbooks"));
  mkdirSync(path.join(at.dir, "practice"));
  writeFileSync(path.join(at.dir, "runbooks", "asking.ts"), asking);
  writeFileSync(path.join(at.dir, "practice", "asking.ts"), `export default ${text};\n`);
  return at;
}

test("the scripted operator says what the practice declares, at each opening the next", async () => {
  const at = declared(`{
    input: (world) => ({ fill: world.cluster }),
    answers: { way: "far", details: { give: { ticket: "OPS-7" } }, "asking/sure": { choose: "reject", reason: "not today" } },
  }`);
  const said = await runwright(at, ["practice", "asking", "--auto", "--input", "fill={service} "]);
  expect(said.out).toContain("hokusai-api-development OPS-7");
  expect(said.out).toMatch(/rejected by the practice operator \(practice\): "not today"/);
  expect(said.code).toBe(1);
});

test.each([
  ["{ input: 7 }", "has no `input`"],
  ["{ input: () => ({ fil: 1 }) }", "no input `fil`"],
  ['{ input: () => ({ fill: "" }), faults: [{ operation: "ecs:*", kind: "explode" }] }', "kind"],
  ["{ input: () => ({", "asking.ts"],
])("a practice that cannot be used is refused, and no world is left: %s", async (text, why) => {
  const at = declared(text);
  const said = await runwright(at, ["practice", "asking", "--auto"]);
  expect(said.code).toBe(2);
  expect(said.err).toContain(why);
  expect(existsSync(path.join(at.dir, "state.db"))).toBe(false);
});
