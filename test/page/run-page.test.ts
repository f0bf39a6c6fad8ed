import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { exportRun } from "../../src/cli/commands/export.ts";
import { report } from "../../src/cli/commands/report.ts";
import { auditedRun, type Audited } from "../support/audited.ts";
import { catchIo } from "../support/read-io.ts";
import { finishedRun } from "../support/read-run.ts";
import { chromium, withBrowser } from "./browser.ts";

let made: Audited;
let file: string;

beforeAll(async () => {
  made = await auditedRun("read and understood");
  file = await exported("run.html", []);
});

async function exported(name: string, withhold: readonly string[]): Promise<string> {
  const { io, globals } = catchIo(made.dir);
  const none = { bundle: undefined, jsonl: undefined, md: undefined };
  await exportRun({ run: made.run, to: "Ben", ...none, html: name, withhold }, globals, io);
  return path.join(made.dir, name);
}

interface Told {
  readonly texts: readonly string[];
  readonly moments: readonly {
    readonly name: string;
    readonly set: Readonly<Record<string, number | null>>;
  }[];
}

function momentsIn(html: string): Told {
  const [, json = ""] = /<script type="application\/json" id="moments">(.*?)<\/script>/s.exec(html) ?? [];
  return JSON.parse(json) as Told;
}

test("a page holds the report, every event, the path taken, and a state after each event", () => {
  const html = readFileSync(file, "utf8");
  const { store } = made.host;
  const events = store.runTree(made.run).flatMap(({ run }) => store.log.events(run));
  expect([...html.matchAll(/<tr id="event-/g)]).toHaveLength(events.length);
  expect(momentsIn(html).moments).toHaveLength(events.length);
  for (const id of [
    "summary",
    "machine",
    "timeline",
    "approvals-and-decisions",
    "success-criteria",
    "sign-off",
  ])
    expect(html).toContain(`<h2 id="${id}">`);
  expect(html).toMatch(/<rect class="gate taken" data-node="approve"/);
  const said = momentsIn(html);
  const opened = said.moments.findLast(({ set }) => typeof set["open gate"] === "number");
  expect(said.texts[opened?.set["open gate"] ?? -1]).toContain(
    "approve: Apply this plan? (risk high)\n1 to add",
  );
  expect(html).not.toMatch(/ (?:src|style|on[a-z]+)=|href="(?!#)/);
});

test("what is withheld is nowhere on the page, and the page says so", async () => {
  const held = readFileSync(await exported("held.html", ["outputs", "text"]), "utf8");
  expect(held).toContain("WITHHELD.");
  expect(held).not.toContain("read and understood");
  expect(held).not.toContain(">applied<");
  const names = momentsIn(held).moments.flatMap(({ set }) => Object.keys(set));
  expect(names.filter((name) => name.startsWith("context."))).toEqual([]);
  expect(names).toContain("state");
  expect(held).toContain("[withheld]");
  expect(held).toContain('<h2 id="approvals-and-decisions">');
  const whole = readFileSync(file, "utf8");
  expect(whole).toContain("read and understood");
  expect(whole).toContain('<pre tabindex="0">applied</pre>');
  expect(whole).toContain('"context.input.text"');
});

test("a run whose runbook is gone is still a page, which says what it does not show", async () => {
  const { dir, run, host } = await finishedRun();
  const [start] = host.store.log.events(run);
  const source = start?.type === "run.started" ? start.data.runbook.source : "";
  rmSync(path.join(dir, ".runwright", "blobs", source.slice(0, 2), source));
  const { io, globals, out } = catchIo(dir);
  const none = { bundle: undefined, jsonl: undefined, md: undefined };
  await exportRun({ run, to: "Ben", ...none, html: "-", withhold: [] }, globals, io);
  expect(out()).toContain("<strong>NOT SHOWN:</strong> the runbook that the run went by");
  expect(out()).toContain('<h2 id="timeline">');
});

test.skipIf(chromium === undefined)(
  "in a browser without a network the page complains of nothing, and keys move the state",
  async () => {
    await withBrowser(async (open) => {
      const page = await open(file);
      const count = momentsIn(readFileSync(file, "utf8")).moments.length;
      const now = () => page.evaluate("document.getElementById('now').textContent");
      const standing = () => page.evaluate("document.getElementById('standing').textContent");
      expect(await now()).toContain(`${count} of ${count}.`);
      expect(await standing()).toContain("statesucceeded");
      await page.evaluate("document.getElementById('place').focus()");
      await page.press("Home");
      expect(await now()).toContain(`1 of ${count}. #1,`);
      expect(await standing()).toContain("state (changed)look.attempt");
      expect(await page.evaluate("document.querySelector('rect.now').dataset.node")).toBe("look");
      await page.press("ArrowRight");
      await page.press("j");
      await page.press("k");
      expect(await now()).toContain(`2 of ${count}. #2,`);
      await page.evaluate("document.querySelector('tr a[href$=\"-5\"]').click()");
      await page.evaluate("new Promise((resolve) => setTimeout(resolve))");
      expect(await now()).toContain("#5,");
      const { data } = await page.send("Page.printToPDF", {});
      expect(Buffer.from(String(data), "base64").subarray(0, 5).toString()).toBe("%PDF-");
      expect(page.requests).toEqual([`file://${file}`]);
      expect(page.complaints).toEqual([]);
    });
  },
  60_000,
);

test.skipIf(chromium === undefined)(
  "the report as a page is quiet, too, and a narrow window does not scroll sideways",
  async () => {
    const { io, globals } = catchIo(made.dir);
    await report({ run: made.run, output: "r.html", form: "html", ascii: false }, globals, io);
    await withBrowser(async (open) => {
      for (const name of [path.join(made.dir, "r.html"), file]) {
        const page = await open(name);
        await page.send("Emulation.setDeviceMetricsOverride", {
          width: 360,
          height: 700,
          deviceScaleFactor: 1,
          mobile: true,
        });
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
        expect(page.requests).toEqual([`file://${name}`]);
        expect(page.complaints).toEqual([]);
      }
    });
  },
  60_000,
);
