import { expect, test } from "vitest";
import { createRedactor } from "../../src/redact/redactor.ts";
import { learnInput, learnSecrets } from "../../src/runs/secrets.ts";
import { asks, started } from "./small-run.ts";
import { z } from "zod";
import { runbook } from "../../src/runbook/define.ts";
import { secretReference } from "../../src/model/secret.ts";

const { wait, define } = runbook("keyed", {
  title: "Keyed",
  input: z.strictObject({ key: secretReference, note: z.string() }),
});
const keyed = define({ pause: wait(() => "1ms") });
const env = { KEY: "a long enough secret" };

test("an input that holds the value of a secret is refused, and a secret that is not there is named", () => {
  const input = { key: "env:KEY", note: "harmless" };
  expect(() => learnInput(keyed, input, { env, redactor: createRedactor() })).not.toThrow();
  expect(() =>
    learnInput(keyed, { ...input, note: env.KEY }, { env, redactor: createRedactor() }),
  ).toThrowError(expect.objectContaining({ code: "INPUT_HOLDS_SECRET" }));
  expect(() => learnInput(keyed, input, { env: {}, redactor: createRedactor() })).toThrowError(
    expect.objectContaining({ code: "SECRET_MISSING" }),
  );
});

test("the secrets of a stored run are known before it is driven", async () => {
  const { workspace, run } = await started(asks);
  const { runs } = await workspace.host.load(run);
  const events = (runs[0]?.events ?? []).map((event) =>
    event.type === "run.started"
      ? { ...event, data: { ...event.data, input: { key: "env:KEY", note: "" } } }
      : event,
  );
  const redactor = createRedactor();
  learnSecrets({ runs: [{ runbook: keyed, events }] }, { env, redactor });
  expect(redactor.text(`it is ${env.KEY}`)).not.toContain(env.KEY);
  workspace.close();
});
