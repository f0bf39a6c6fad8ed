import { writeFileSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { afterAll, expect, test } from "vitest";
import { closeTerminals, hasTmux, sitDown } from "./support/person.ts";
import { openPlace, type Place } from "./support/place.ts";
import { writeSmallRunbooks } from "./support/small-runbooks.ts";
import { command, endOf, eventually, inPlace, rootId } from "./support/steps.ts";

afterAll(closeTerminals);

const runbook = `
import { runbook } from "runwright";
import { notifyWebhook } from "runwright/steps";
import { z } from "zod";

const { step, wait, define } = runbook("tell", { title: "Tell twice", input: z.strictObject({ url: z.url() }) });
export default define({
  first: step(notifyWebhook, ({ input }) => ({ url: input.url, text: "one" })),
  pause: wait(() => "2s"),
  second: step(notifyWebhook, ({ input }) => ({ url: input.url, text: "two" })),
});
`;

test("one engine at a time: the second is told who drives, and one that was overtaken writes nothing more", async () => {
  await inPlace(await openPlace(), async (place) => {
    const file = path.join(place.dir, "print-replay.ts");
    writeFileSync(file, runbook);
    const first = place.start(["run", file, "--input", `url=${place.url}/_world/notifications`]);
    await eventually(place, first, "timer.armed");
    // Before the refusal, so that a slow machine does not let it end meanwhile.
    process.kill(first.pid, "SIGSTOP");
    const refused = await command(place, "resume", rootId(place));
    expect(refused).toMatchObject({ code: 5 });
    expect(refused.err).toContain(`pid ${first.pid}`);

    expire(place);
    expect(await command(place, "resume", rootId(place))).toMatchObject({ code: 0 });
    expect(endOf(place)).toBe("run.succeeded");
    const told = place.events().length;

    process.kill(first.pid, "SIGCONT");
    const overtaken = await first.ended;
    expect(overtaken.code).toBe(5);
    expect(overtaken.err).toContain("[LEASE_LOST]");
    expect(place.events()).toHaveLength(told);
    expect((await place.ledger()).map(({ operation }) => operation)).toEqual([
      "practice:Notify",
      "practice:Notify",
    ]);
  });
}, 60_000);

/** As if the 15 seconds of the lease were over. */
function expire({ dir }: Place): void {
  const db = new Database(path.join(dir, "state.db"));
  db.prepare("UPDATE leases SET expires_at = 1").run();
  db.close();
}

test.skipIf(!hasTmux)(
  "who starts a second run at a terminal is shown the first and may continue with it",
  async () => {
    await inPlace(await openPlace(), async (place) => {
      writeSmallRunbooks(place.dir);
      expect(await command(place, "run", "hold")).toMatchObject({ code: 8 });
      const person = sitDown(place, ["run", "hold"]);
      await person.see("❯ Show how");
      await person.pressUntil("Enter", "WAITING");
      await person.pressUntil("Down", "❯ Continue with");
      await person.pressUntil("Enter", "Approve this?");
      await person.pressUntil("Down", "❯ Approve");
      await person.pressUntil("Enter", "EXIT 0");
      expect(endOf(place)).toBe("run.succeeded");
    });
  },
  120_000,
);

test.skipIf(!hasTmux)(
  "whoever leaves the first run as it is gets the refusal and the commands",
  async () => {
    await inPlace(await openPlace(), async (place) => {
      writeSmallRunbooks(place.dir);
      await command(place, "run", "hold");
      const person = sitDown(place, ["run", "hold"]);
      await person.see("❯ Show how");
      person.press("C-c");
      expect(await person.see("EXIT 5")).toContain("TARGET_HELD");
      expect(person.screen()).toContain(`runwright resume ${rootId(place)}`);
    });
  },
  120_000,
);
