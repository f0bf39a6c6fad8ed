import { expect, test } from "vitest";
import type { JsonObject } from "../../src/model/json.ts";
import { lock } from "../../src/report/lock.ts";
import { gate, jdoe, scribe } from "../support/made-events.ts";
import { did, made } from "./made-report.ts";

const held = {
  locked: true,
  id: "lock-1",
  who: "bob@ci",
  operation: "apply",
  created: "10:00",
  ageSeconds: 150,
};

async function told(tell: (scribed: ReturnType<typeof scribe>) => void): Promise<string> {
  const scribed = scribe();
  tell(scribed);
  return (await lock(made(scribed))).join("\n");
}

function look(output: JsonObject) {
  return told((scribed) => did(scribed, "look", { kind: "terraform.inspect-lock", output }));
}

const removal = {
  kind: "terraform.force-unlock",
  effect: "write",
  input: { lockId: "lock-1" },
  output: { removed: true, lock: { id: "lock-1", who: "bob@ci" } },
} as const;

/** Approves at a gate that shows this lock. */
function approve({ add }: ReturnType<typeof scribe>, lockId: string): void {
  const asked = { ...gate("ask"), shown: { subject: { lock: lockId } } };
  add("gate.opened", asked);
  add("approval.granted", { gate: "ask", digest: asked.digest, reason: "", useBy: null }, 1, jdoe);
}

test("a run that met no lock has no such section", async () => {
  expect(await look({ locked: false })).toBe("");
});

test("the holder is told with what spoke for it being alive", async () => {
  const signsOfLife = [{ sign: "process", verdict: "dead", detail: "no such pid" }];
  const text = await look({ ...held, signsOfLife, changed: false, verdict: "stale" });
  expect(text).toContain("lock `lock-1`, held by `bob@ci` for `apply` since 10:00, 2 minutes old");
  expect(text).toContain("Between two looks it did not change.");
  expect(text).toContain("| process | **dead** | no such pid |");
  expect(text).toContain("the holder is **stale**");
  expect(await look({ ...held, changed: true })).toContain("it **changed**");
});

test("what is not known of a lock is said to be unknown", async () => {
  const text = await look({ locked: true, id: "lock-1", changed: null });
  expect(text).toContain(
    "held by `unknown` for `unknown` since an unknown time, of unknown age. It was looked at once.",
  );
  expect(text).toContain("No signs of life were looked for.");
  expect(text).toContain("the holder is **unknown**");
});

test("a removal names who was shown this lock before, and what was found afterwards", async () => {
  const text = await told((scribed) => {
    approve(scribed, "lock-1");
    did(scribed, "unlock", removal);
  });
  expect(text).toContain("Removal approved by jdoe, who was shown this lock (`#3`).");
  expect(text).toContain("it was still lock `lock-1` of `bob@ci`. Afterwards nobody held the lock");
});

test("an approval of another lock, or one that came later, is none", async () => {
  const missing = "**No approval in this record names this lock.**";
  const other = await told((scribed) => {
    approve(scribed, "lock-2");
    did(scribed, "unlock", removal);
  });
  const late = await told((scribed) => {
    did(scribed, "unlock", removal);
    approve(scribed, "lock-1");
  });
  expect([other, late].map((text) => text.includes(missing))).toEqual([true, true]);
});

test("a removal that failed says why and concludes nothing; a lock that was gone or taken again is told so", async () => {
  const failed = await told(({ add }) => {
    const { kind, effect, input } = removal;
    const common = { key: "k", risk: "high", describe: "unlock", attempt: 1, step: "unlock" } as const;
    add("step.started", { ...common, kind, effect, input });
    const failure = { code: "TERRAFORM_FAILED", message: "no access", hint: null, data: {} } as never;
    add("step.failed", { step: "unlock", attempt: 1, failure });
  });
  expect(failed).toContain("Removing it **failed** (`#3`): no access.");
  const output = { removed: false, lock: null, nextHolder: { who: "eve@ci" } };
  const gone = await told((scribed) => did(scribed, "unlock", { ...removal, output }));
  expect(gone).toContain("it was gone already. Afterwards `eve@ci` held a new lock");
});
