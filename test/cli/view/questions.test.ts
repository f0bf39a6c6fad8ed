import { expect, test } from "vitest";
import { askGate, type Asker, type Choice } from "../../../src/cli/view/questions.ts";
import type { Gate } from "../../../src/model/event.ts";
import { summarise } from "../../../src/model/summary.ts";
import { gate, jdoe, scribe } from "../../support/made-events.ts";

const plain = { danger: false, suggested: false, reasonNeeded: false, disabled: null };
const fork: Gate = {
  ...gate("decide"),
  kind: "choice",
  risk: "high",
  digest: "4f1c".padEnd(64, "0"),
  options: [
    { id: "redeploy", label: "Deploy it again", ...plain },
    { id: "stop", label: "Stop", ...plain },
  ],
  covers: [{ state: "deploy", times: 1, option: "redeploy" }],
};

/** A person who chooses these one after the other, and types these. */
async function asked(asking: Gate, chooses: readonly string[], types: readonly string[]) {
  const choices = [...chooses];
  const texts = [...types];
  const refused: string[] = [];
  let shown: readonly Choice[] = [];
  const asker: Asker = {
    actor: jdoe,
    select: async (_, offered) => {
      shown = offered;
      return choices.shift() ?? "stop";
    },
    text: async (_, check) => {
      for (let typed = texts.shift(); typed !== undefined; typed = texts.shift()) {
        const problem = check(typed);
        if (problem === null) return typed;
        refused.push(problem);
      }
      return "";
    },
    details: () => {},
    problemWith: () => null,
    attach: async () => [],
  };
  const decision = await askGate(asking, summarise(scribe().events), asker);
  return { decision, refused, names: shown.map(({ name }) => name) };
}

test("an option that lets a write of high risk begin is chosen by typing what was on the screen", async () => {
  const { decision, refused, names } = await asked(
    fork,
    ["redeploy"],
    ["yes", "redeploy 0000", "redeploy 4f1c"],
  );
  expect(names).toContain("Deploy it again [redeploy] (you will type: redeploy 4f1c)");
  expect(refused).toHaveLength(2);
  expect(decision).toMatchObject({ type: "choose", choice: "redeploy" });
});

test("whoever types nothing is back at the question, and nothing is chosen", async () => {
  expect((await asked(fork, ["redeploy", "stop"], [""])).decision).toMatchObject({ choice: "stop" });
});

test("an option that lets nothing begin, or little, is chosen with one key", async () => {
  const { decision, names } = await asked(fork, ["stop"], []);
  expect(decision).toMatchObject({ choice: "stop" });
  expect(names).toContain("Stop [stop]");
  expect((await asked({ ...fork, risk: "low" }, ["redeploy"], [])).decision).toMatchObject({
    choice: "redeploy",
  });
});
