import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { doctor } from "../../../src/cli/commands/doctor.ts";
import { configOf } from "../../../src/cli/config/config-file.ts";
import { configure, settings } from "../../../src/cli/config/settings.ts";
import { listRunbooks, loadRunbook } from "../../../src/loader/load.ts";
import { catchIo } from "../../support/read-io.ts";
import { directory, small } from "../../support/runbook-files.ts";

/** The environment after the files of a directory were read from `cwd` in it, and what settled it. */
async function configured(
  files: Readonly<Record<string, string>>,
  cwd = ".",
  given: Record<string, string> = {},
) {
  const dir = directory({ ".git/HEAD": "", ...files });
  const env: Record<string, string | undefined> = {
    HOME: dir,
    XDG_CACHE_HOME: process.env["XDG_CACHE_HOME"],
    ...given,
  };
  mkdirSync(path.join(dir, cwd), { recursive: true });
  const around = { env, cwd: path.join(dir, cwd) };
  const origins = await configure(around, (file) => configOf(file, around));
  return { dir, env, origins, around };
}

test("a typed file settles what nothing else does, from any directory below, by paths seen from it", async () => {
  const { dir, env, origins } = await configured(
    {
      "runwright.config.ts": `import { defineConfig } from "runwright";
const shared: string = "../shared";
export default defineConfig({ runbooks: ["ops", shared], db: "var/runs.db", terraform: "/opt/terraform", anchors: ["heads.log", "|bin/post"] });
`,
    },
    "deep/down",
  );
  expect(env).toMatchObject({
    RUNWRIGHT_RUNBOOKS: `${dir}/ops:${path.dirname(dir)}/shared`,
    RUNWRIGHT_DB: `${dir}/var/runs.db`,
    RUNWRIGHT_TERRAFORM: "/opt/terraform",
    RUNWRIGHT_ANCHORS: `${dir}/heads.log:|${dir}/bin/post`,
  });
  expect(origins["RUNWRIGHT_DB"]).toBe(`${dir}/runwright.config.ts`);
});

test("the environment goes before the project's file, and that before the user's", async () => {
  const { dir, env, origins } = await configured(
    {
      "runwright.config.json": `{ "db": "project.db", "terraform": "project" }`,
      ".config/runwright/config.json": `{ "db": "user.db", "terraform": "user", "anchors": ["/user"] }`,
    },
    ".",
    { RUNWRIGHT_DB: "given.db" },
  );
  expect(env).toMatchObject({
    RUNWRIGHT_DB: "given.db",
    RUNWRIGHT_TERRAFORM: `${dir}/project`,
    RUNWRIGHT_ANCHORS: "/user",
  });
  expect(origins).toEqual({
    RUNWRIGHT_TERRAFORM: `${dir}/runwright.config.json`,
    RUNWRIGHT_ANCHORS: `${dir}/.config/runwright/config.json`,
  });
});

test("nothing above the repository's root is read, nor above the working directory where there is none", async () => {
  const above = { "runwright.config.json": `{ "db": "above.db" }` };
  const inside = await configured({ ...above, "repo/.git": "gitdir: elsewhere" }, "repo/src");
  expect(inside.env["RUNWRIGHT_DB"]).toBeUndefined();
  const dir = directory({ ...above, "below/file": "" });
  const env: Record<string, string | undefined> = { HOME: dir };
  await configure({ env, cwd: path.join(dir, "below") }, () => Promise.reject(new Error("no program")));
  expect(env["RUNWRIGHT_DB"]).toBeUndefined();
});

test.each([
  [
    "runwright.config.json",
    `{ "dbb": "x" }`,
    /no setting `dbb` \(there are: runbooks, db, terraform, anchors\)/,
  ],
  ["runwright.config.json", `{ "db": 1 }`, /`db` is not a path/],
  ["runwright.config.json", `{ "runbooks": "ops" }`, /`runbooks` is not a list of paths/],
  ["runwright.config.json", `{ "anchors": ["a:b"] }`, /`anchors` is not a list of paths/],
  ["runwright.config.json", `[]`, /no object of settings/],
  ["runwright.config.json", `{`, /runwright\.config\.json` cannot be used as the configuration/],
  [
    "runwright.config.mjs",
    `export default {};\nthrow new Error("oops");`,
    /oops \(runwright\.config\.mjs:2:7\)/,
  ],
  ["runwright.config.ts", `export const db = "x";`, /no object of settings/],
  [".config/runwright/config.json", `{ "db": "" }`, /`db` is not a path/],
])("%s with %s is refused in one sentence", async (file, text, why) => {
  await expect(configured({ [file]: text })).rejects.toMatchObject({
    code: "CONFIG_MALFORMED",
    message: expect.stringMatching(why),
  });
});

test("configured directories and packages are shelves: listed, and found by name", async () => {
  const { dir, around } = await configured(
    {
      "runwright.config.json": `{ "runbooks": ["ops", "npm:@team/books"] }`,
      "runbooks/small.ts": small(`"the own one"`),
      "ops/small.ts": small(`"the configured one"`),
      "ops/other.ts": small(`"Other"`),
      "node_modules/@team/books/runbooks/packed.ts": small(`"Packed"`),
    },
    ".",
  );
  expect(await listRunbooks(around)).toEqual(
    expect.arrayContaining([
      { name: "small", file: `${dir}/runbooks/small.ts` },
      { name: "other", file: `${dir}/ops/other.ts` },
      { name: "packed", file: `${dir}/node_modules/@team/books/runbooks/packed.ts` },
    ]),
  );
  expect((await loadRunbook("small", around)).runbook.title).toBe("the own one");
  expect((await loadRunbook("packed", around)).runbook.title).toBe("Packed");
});

test("doctor tells every setting with where it came from, and a directory that is not there", async () => {
  const { dir, env, origins } = await configured(
    { "runwright.config.json": `{ "runbooks": ["gone", "npm:not-installed"], "db": "runs.db" }` },
    ".",
    { RUNWRIGHT_ANCHORS: "/somewhere" },
  );
  const { io, globals, out } = catchIo(dir, { json: true });
  await doctor(
    {},
    { ...globals, db: `${dir}/runs.db` },
    { ...io, env: { ...env, PATH: "/nowhere" }, origins },
  );
  const { findings } = JSON.parse(out()) as { findings: { name: string; verdict: string; detail: string }[] };
  const told = findings.map(({ name, verdict, detail }) => `${verdict} ${name}: ${detail}`);
  expect(told).toEqual(
    expect.arrayContaining([
      `ok setting db: ${dir}/runs.db, from ${dir}/runwright.config.json`,
      "ok setting anchors: /somewhere, from RUNWRIGHT_ANCHORS",
      "ok setting terraform: the one on PATH, from the default",
      `FAIL runbooks: ${dir}/gone is not there`,
      `FAIL runbooks: ${dir}/node_modules/not-installed/runbooks is not there`,
    ]),
  );
  for (const name of Object.keys(settings)) expect(told.join("\n")).toContain(`setting ${name}: `);
});

test("every command goes by it, the quick ones, too; and docs tell every setting", () => {
  const dir = directory({ "runwright.config.json": `{ "dbb": "runs.db" }` });
  const program = new URL("../../../dist/cli/runwright.cjs", import.meta.url).pathname;
  for (const command of ["status", "list", "show"]) {
    const { status, stderr } = spawnSync(process.execPath, [program, command], {
      cwd: dir,
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining("CONFIG_MALFORMED") });
  }
  const typed = directory({ "runwright.config.ts": `export default { dbb: "runs.db" };` });
  symlinkSync(path.join(import.meta.dirname, "../../../node_modules"), path.join(typed, "node_modules"));
  const { stderr } = spawnSync(process.execPath, [program, "list"], { cwd: typed, encoding: "utf8" });
  expect(stderr).toContain("no setting `dbb`");
  const page = readFileSync(new URL("../../../docs/command-line.md", import.meta.url), "utf8");
  for (const [name, { variable }] of Object.entries(settings))
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` +\\| \`${variable}\``, "m"));
});
