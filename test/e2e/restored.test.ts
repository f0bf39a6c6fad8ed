import { expect, test } from "vitest";
import { openPlace } from "./support/place.ts";
import { endOf, inPlace } from "./support/steps.ts";

test("an engine that drops its state after every turn handles the incident like any other", async () => {
  await inPlace(await openPlace({ env: { RUNWRIGHT_RESTORE: "1" } }), async (place) => {
    const { code } = await place.start(place.words).ended;
    expect(code).toBe(0);
    expect(endOf(place)).toBe("run.succeeded");
  });
}, 180_000);
