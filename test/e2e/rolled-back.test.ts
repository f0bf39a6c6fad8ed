import { cpSync, rmSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { isOf, type EventData } from "../../src/model/event.ts";
import { compare, effectsOf } from "./support/ledger.ts";
import { openPlace, type Place } from "./support/place.ts";
import { command, eventually, inPlace } from "./support/steps.ts";

/** Puts a database back as it was when it was copied: the newest events are lost. */
async function copyNow(place: Place): Promise<() => void> {
  const file = path.join(place.dir, "state.db");
  const copy = path.join(place.dir, "copy.db");
  const db = new Database(file, { readonly: true });
  await db.backup(copy);
  db.close();
  return () => {
    for (const end of ["", "-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
    cpSync(copy, file);
  };
}

const doubts = (place: Place): readonly EventData["step.inDoubt"][] =>
  place.events().flatMap((event) => (isOf(event, "step.inDoubt") ? [event.data] : []));

/** The steps of which a person was asked what became of them. */
function asked(place: Place): readonly string[] {
  return place
    .events()
    .flatMap((event) =>
      isOf(event, "gate.opened") && event.data.kind === "inDoubt" ? [event.data.step] : [],
    );
}

test("after an accepted rollback nothing is done twice: the world is asked, or a person", async () => {
  await inPlace(await openPlace(), async (place) => {
    const first = place.start(place.words);
    await eventually(place, first, "step.started", (data) => data.step === "unlock");
    const restore = await copyNow(place);
    await eventually(place, first, "step.started", (data) => data.step === "rollout");
    first.child.kill("SIGKILL");
    await first.ended;
    restore();
    const refused = await command(place, "resume", "--auto");
    expect(refused.err).toContain("STATE_ROLLED_BACK");
    expect((await command(place, "accept-rollback", "--reason", "the disk is gone")).code).toBe(0);
    await command(place, "resume", "--auto");
    expect(compare(effectsOf(await place.ledger())).doubled).toBe(0);
    // The world knows the first one, or cannot be asked; of something later a person has to say that it was not done.
    expect(doubts(place)[0]).toMatchObject({
      step: "unlock",
      why: expect.stringMatching(/^The record was rolled back/),
    });
    expect(asked(place)).not.toEqual([]);
  });
}, 240_000);
