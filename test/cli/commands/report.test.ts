import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { report } from "../../../src/cli/commands/report.ts";
import { catchIo } from "../../support/read-io.ts";
import { finishedRun } from "../../support/read-run.ts";

const usual = { form: "md", ascii: false } as const;

test("a report is printed into a pipe and written to a private file on a terminal", async () => {
  const { dir, run } = await finishedRun();
  const piped = catchIo(dir);
  expect(await report({ ...usual, run, output: undefined }, piped.globals, piped.io)).toBe(0);
  expect(piped.out()).toMatch(new RegExp(`^# ${run}: Outer work`));
  const tty = catchIo(dir, { tty: true });
  expect(await report({ ...usual, run, output: undefined }, tty.globals, tty.io)).toBe(0);
  const file = path.join(dir, `${run}-report.md`);
  expect(tty.out()).toBe(`Report of ${run}: ${file}\n`);
  expect(readFileSync(file, "utf8")).toBe(piped.out());
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a named file is replaced, and `-` prints even on a terminal", async () => {
  const { dir, run } = await finishedRun();
  const { io, globals } = catchIo(dir, { json: true });
  await report({ ...usual, run, output: "r.md" }, globals, io);
  expect(await report({ ...usual, run, output: "r.md" }, globals, io)).toBe(0);
  expect(existsSync(path.join(dir, "r.md"))).toBe(true);
  const tty = catchIo(dir, { tty: true });
  await report({ ...usual, run, output: "-" }, tty.globals, tty.io);
  expect(tty.out()).toContain("## Summary");
});

test("a place that cannot be written is an error with a way out", async () => {
  const { dir, run } = await finishedRun();
  mkdirSync(path.join(dir, "taken"));
  const { io, globals } = catchIo(dir);
  await expect(report({ ...usual, run, output: "no/such/dir.md" }, globals, io)).rejects.toMatchObject({
    code: "STATE_UNWRITABLE",
    hint: expect.stringContaining("-o FILE"),
  });
  await expect(report({ ...usual, run, output: "taken" }, globals, io)).rejects.toMatchObject({
    code: "STATE_UNWRITABLE",
  });
});

test("a record with a gap is reported loudly and ends with exit code 9", async () => {
  const { dir, run, host } = await finishedRun();
  host.store.close();
  const db = new Database(path.join(dir, "state.db"));
  db.exec("DROP TRIGGER events_append_only_delete");
  db.exec("DELETE FROM events WHERE seq = 4");
  db.close();
  const { io, globals, out } = catchIo(dir);
  expect(await report({ ...usual, run, output: "-" }, globals, io)).toBe(9);
  expect(out()).toContain("THIS RECORD DOES NOT VERIFY");
});

test("the same report is one page that loads and runs nothing", async () => {
  const { dir, run } = await finishedRun({ text: "<b>bold</b> \u00e9" });
  const { io, globals, out } = catchIo(dir);
  expect(await report({ ...usual, run, output: undefined, form: "html" }, globals, io)).toBe(0);
  const html = out();
  const markdown = catchIo(dir);
  await report({ ...usual, run, output: "-" }, markdown.globals, markdown.io);
  const titles = [...markdown.out().matchAll(/^## (.*)$/gm)].map(([, title]) => title);
  expect([...html.matchAll(/<h2 id="[a-z-]+">(.*?)<\/h2>/g)].map(([, title]) => title)).toEqual(titles);
  expect(html).toContain("default-src 'none'");
  expect(html).not.toMatch(/<script|<b>|src=|https?:\/\/(?!127)/);
  expect(html).toContain("<strong>SUCCEEDED</strong>");
  const tty = catchIo(dir, { tty: true });
  await report({ ...usual, run, output: undefined, form: "html" }, tty.globals, tty.io);
  expect(tty.out()).toBe(`Report of ${run}: ${path.join(dir, `${run}-report.html`)}\n`);
});

test("in ASCII nothing is lost", async () => {
  const { dir, run } = await finishedRun({ text: "caf\u00e9 \u2192 \u{1f600}" });
  const said = await Promise.all(
    (["md", "html"] as const).map(async (form) => {
      const { io, globals, out } = catchIo(dir);
      await report({ run, output: "-", form, ascii: true }, globals, io);
      return out();
    }),
  );
  // oxlint-disable-next-line no-control-regex
  for (const text of said) expect(text).toMatch(/^[\x00-\x7f]*$/);
  expect(said[0]).toContain("caf\\u{e9} -> \\u{1f600}");
  expect(said[1]).toContain("caf&#233; &#8594; &#128512;");
});
