import { expect, test } from "vitest";
import { effectsOf, wholeRun } from "./support/ledger.ts";
import { openPlace } from "./support/place.ts";
import { endOf, inPlace } from "./support/steps.ts";

test("an apply whose state S3 refuses is saved after an approval, and the run goes on with what is left", async () => {
  await inPlace(await openPlace(), async (place) => {
    // Locks of the comparison, the taint, the plan and the apply, and the state of the taint; then the state of the apply.
    await place.fault({ operation: "s3:PutObject", kind: "delay", seconds: 0, times: 5 });
    const refused = { operation: "s3:PutObject", kind: "error", code: "AccessDenied", status: 403 };
    await place.fault({ ...refused, times: 1 });
    const { code, err } = await place.start(place.words).ended;
    expect({ code, err }).toMatchObject({ code: 0 });
    expect(endOf(place)).toBe("run.succeeded");
    const events = place.events();
    const failed = events.filter(({ type }) => type === "step.failed");
    expect(failed.map(({ data }) => data)).toMatchObject([
      { step: "apply", failure: { code: "TERRAFORM_STATE_UNSAVED" } },
    ]);
    expect(events).toContainEqual(
      expect.objectContaining({ type: "step.succeeded", data: expect.objectContaining({ step: "push" }) }),
    );
    expect(effectsOf(await place.ledger())).toMatchObject(wholeRun);
  });
}, 240_000);
