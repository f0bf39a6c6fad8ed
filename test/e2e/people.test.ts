import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { paste, runwright, type Said } from "./support/command-line.ts";
import { serve } from "../steps/local-server.ts";
import { closeTerminals, hasTmux, type Person, sitDown } from "./support/person.ts";
import { openPlace, type Place } from "./support/place.ts";
import { writeSmallRunbooks } from "./support/small-runbooks.ts";

let place: Place;

beforeAll(async () => {
  place = await openPlace();
  writeSmallRunbooks(place.dir);
});
afterAll(async () => {
  closeTerminals();
  await place.close();
});

/** The same place with a database of its own. */
function withDatabase(name: string): Pick<Place, "dir" | "env"> {
  return { dir: place.dir, env: { ...place.env, RUNWRIGHT_DB: path.join(place.dir, name, "state.db") } };
}

/** The command that was printed behind a label. */
function printed({ err }: Said, label: string): string {
  return new RegExp(`^ {2}${label}: +(.*)$`, "m").exec(err)?.[1] ?? `echo no ${label}; exit 99`;
}

async function typesOf(own: Pick<Place, "dir" | "env">): Promise<readonly string[]> {
  const { out } = await runwright(own, ["list", "--all", "--json"]);
  const [run] = (JSON.parse(out) as { readonly runs: readonly { readonly run: string }[] }).runs;
  const { out: lines } = await runwright(own, ["timeline", run?.run ?? "", "--jsonl"]);
  return lines
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { readonly type: string }).type);
}

describe("without a terminal", () => {
  test("a run pauses with exit 8, and what it prints works when it is pasted", async () => {
    const own = withDatabase("pasted");
    let said = await runwright(own, ["run", "ask"]);
    for (const answer of ["approve", "well", "approve"]) {
      expect(said.code).toBe(8);
      expect(said.err).toContain("needs a human decision");
      expect(await paste(own, printed(said, "watch"))).toMatchObject({ code: 0 });
      expect(await paste(own, printed(said, answer))).toMatchObject({ code: 0, err: "" });
      said = await paste(own, printed(said, "resume"));
    }
    expect(said).toMatchObject({ code: 0, err: "" });
    expect(said.out).toContain("SUCCEEDED");
  });

  test("a rejection ends the run with exit 1", async () => {
    const own = withDatabase("rejected");
    const paused = await runwright(own, ["run", "ask"]);
    expect(await paste(own, printed(paused, "reject"))).toMatchObject({ code: 0 });
    expect(await paste(own, printed(paused, "resume"))).toMatchObject({ code: 1 });
    expect((await typesOf(own)).at(-1)).toBe("run.cancelled");
  });

  test.each([
    ["one yes", "y\n"],
    ["many", "y\n".repeat(200)],
    ["a held Enter", "\n".repeat(200)],
    ["the answer itself", "approve\n\r\r\r"],
  ])("what is piped in approves nothing: %s", async (_what, input) => {
    const own = withDatabase(`piped-${input.length}`);
    expect(await runwright(own, ["run", "ask"], { input })).toMatchObject({ code: 8 });
    expect((await typesOf(own)).filter((type) => /^(approval|decision)/.test(type))).toEqual([]);
  });

  test("a run that waits goes on by itself when somebody approves elsewhere", async () => {
    const own = withDatabase("waiting");
    const waiting = runwright(own, ["run", "ask", "--wait"]);
    for (const [verb, gate, ...more] of [
      ["approve", "go"],
      ["decide", "how", "well"],
      ["reject", "done", "--reason", "enough"],
    ] as const) {
      const sha = await digestOf(own, gate);
      expect(await runwright(own, [verb, sha.run, gate, ...more, "--sha", sha.digest])).toMatchObject({
        code: 0,
      });
    }
    expect(await waiting).toMatchObject({ code: 1, err: "" });
  });
});

test("a second run on the same target is told who holds it, since when, and what to type", async () => {
  const own = withDatabase("held");
  const holder = runwright(own, ["run", "hold", "--wait"]);
  const { run, digest } = await digestOf(own, "go");
  const driven = await runwright(own, ["run", "hold"]);
  expect(driven).toMatchObject({ code: 5, out: "" });
  expect(driven.err).toMatch(new RegExp(`Run ${run} .*started \\d{4}-.* by .*driven by .* \\(pid \\d+\\)`));
  expect(driven.err).toContain(`runwright status ${run}`);
  await runwright(own, ["approve", run, "go", "--sha", digest]);
  expect((await holder).code).toBe(0);

  const left = await runwright(own, ["run", "hold"]);
  expect(left.code).toBe(8);
  const refused = await runwright(own, ["run", "hold"]);
  expect(refused).toMatchObject({ code: 5, out: "" });
  expect(refused.err).toContain("nobody drives it");
  const end = /end it: (runwright cancel .*)$/m.exec(refused.err)?.[1] ?? "exit 99";
  await paste(own, end);
  expect((await runwright(own, ["run", "hold"])).code).toBe(8);
});

describe.runIf(hasTmux)("at a terminal", () => {
  test("a person takes the whole practice incident to its end", async () => {
    const own = withDatabase("person");
    const person = sitDown(own, ["practice", "missing-secret", "--speed", "200"]);
    await approve(person, "unlock");
    await approve(person, "apply");
    await person.see("What now?", 60_000);
    await person.pressUntil("Down", /❯ Run child runbook redis-sg \[redis\] \(suggested\)/);
    const asked = await person.pressUntil("Enter", /Type `redis \w{4}` to approve/);
    await person.answer("to approve", /Type `(redis \w{4})` to approve/.exec(asked)?.[1] ?? "");
    await person.see(/redis started/);
    await approve(person, "apply");
    const end = await person.see(/EXIT \d+/, 60_000);
    expect(end).toContain("EXIT 0");
    expect(end).toContain("SUCCEEDED");
    expect(end).toContain("8/8 pass");
    expect(end).toMatch(/Report: .*\.md/);
  }, 180_000);

  test("Ctrl-C at a question stops safely, and says how to go on", async () => {
    const own = withDatabase("interrupted");
    const person = sitDown(own, ["run", "ask"]);
    await person.see("❯ Show details");
    const end = await person.pressUntil("C-c", /EXIT \d+/);
    expect(end).toContain("EXIT 130");
    const again = /resume with: (runwright resume R-\w+)/.exec(end)?.[1] ?? "exit 99";
    expect(await paste(own, again)).toMatchObject({ code: 8 });
  });

  test("a second Ctrl-C says what would be lost, a third leaves at once, and the call is looked up on resume", async () => {
    const own = withDatabase("impatient");
    const silent = await serve(() => {});
    const person = sitDown(own, ["run", "tell", "--input", `url=${silent.url}`]);
    await person.see("tell started");
    person.press("C-c");
    await person.see("Stopping safely");
    person.press("C-c");
    await person.see(/loses the outcome of the call under way;\s+it will be looked up on resume/);
    person.press("C-c");
    const end = await person.see(/EXIT \d+/);
    expect(end).toContain("EXIT 130");
    await silent.close();
    expect(await runwright(own, ["resume"])).toMatchObject({ code: 8 });
    expect((await typesOf(own)).filter((type) => type === "step.inDoubt")).toHaveLength(1);
  });

  test("an Enter that is held down approves nothing", async () => {
    const own = withDatabase("mashed");
    const person = sitDown(own, ["run", "ask"]);
    person.press(...Array.from({ length: 50 }, () => "Enter"));
    await person.see("❯ Show details");
    for (let enter = 0; enter < 50; enter += 1) person.press("Enter");
    await person.pressUntil("Down", /❯ Approve \(you will type: approve \w{4}\)/);
    expect((await typesOf(own)).filter((type) => type.startsWith("approval"))).toEqual([]);
  });

  test("an approval from a second terminal closes the question, and the next one is asked", async () => {
    const own = withDatabase("second");
    const person = sitDown(own, ["run", "ask"], 60);
    await person.see("❯ Show details");
    const { run, digest } = await digestOf(own, "go");
    const approved = await runwright(own, ["approve", run, "go", "--sha", digest, "--reason", "seen"]);
    expect(approved.out).toContain("The run continues");
    const screen = await person.see("What now?");
    expect(screen).not.toContain("Approve this?");
    expect(screen).toMatch(/approved by .*"seen"/s);
  });
});

/** Approves what asks for the phrase with this verb, as a careful person does. */
async function approve(person: Person, verb: string): Promise<void> {
  await person.see(`(you will type: ${verb} `, 60_000);
  await person.pressUntil("Down", new RegExp(`❯ Approve \\(you will type: ${verb} \\w{4}\\)`));
  const screen = await person.pressUntil("Enter", /Type `\w+ \w{4}` to approve/);
  const phrase = [...screen.matchAll(/Type `(\w+ \w{4})` to approve/g)].at(-1)?.[1] ?? "";
  await person.answer("to approve", phrase);
  await person.answer("Why, for the record", `typed ${phrase}`);
  await person.see(new RegExp(`"typed ${phrase}"`));
}

interface Open {
  readonly run: string;
  readonly digest: string;
}

/** The open gate of that name, once there is one. */
async function digestOf(own: Pick<Place, "dir" | "env">, gate: string): Promise<Open> {
  for (;;) {
    const { code, out } = await runwright(own, ["status", "--json"]);
    const found = code === 0 ? findGate(JSON.parse(out), gate) : undefined;
    if (found !== undefined) return found;
  }
}

interface Status {
  readonly runs: readonly { readonly gates: readonly (Open & { readonly gate: string })[] }[];
}

function findGate(status: unknown, gate: string): Open | undefined {
  return (status as Status).runs.flatMap(({ gates }) => gates).find((open) => open.gate === gate);
}
