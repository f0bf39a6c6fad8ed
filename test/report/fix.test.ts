import { expect, test } from "vitest";
import { fix } from "../../src/report/fix.ts";
import { scribe } from "../support/made-events.ts";
import { did, keep, made } from "./made-report.ts";

const command = { file: "terraform", args: ["apply", "-target=it's"], cwd: "/srv/my app", exitCode: 0 };

test("a command is told as it can be typed into a shell, with its exit code", async () => {
  const told = scribe();
  const [artifact, files] = keep("apply.command.json", JSON.stringify({ ...command, workspace: "prod" }));
  did(told, "apply", { effect: "write", artifacts: [artifact] });
  const text = (await fix(made(told, files))).join("\n");
  expect(text).toContain("**1.** `does apply` (step `apply`, changes something, risk none)");
  expect(text).toContain(
    "$ cd '/srv/my app'\n$ TF_WORKSPACE=prod terraform apply '-target=it'\\''s'\n# exit code 0",
  );
});

test("of a command without a workspace none is set, and an exit code that nobody stored is unknown", async () => {
  const told = scribe();
  const [artifact, files] = keep("look.command.json", JSON.stringify({ ...command, exitCode: null }));
  did(told, "look", { artifacts: [artifact] });
  const text = (await fix(made(told, files))).join("\n");
  expect(text).toContain("$ terraform apply");
  expect(text).not.toContain("TF_WORKSPACE");
  expect(text).toContain("# exit code unknown");
  expect(text).toContain("only reads");
});

test("a command whose record is gone is told as gone, with the digest of what is missing", async () => {
  const told = scribe();
  const [artifact] = keep("apply.command.json", "{}");
  did(told, "apply", { effect: "write", artifacts: [artifact] });
  const text = (await fix(made(told))).join("\n");
  expect(text).toContain(`# apply.command.json is not available (SHA-256 ${artifact.sha256})`);
});

test("a call that changed something is told by what was passed; one that only looked is no part of the fix", async () => {
  const told = scribe();
  did(told, "look");
  expect(await fix(made(told))).toEqual(["## The fix", "Nothing was changed and no command was run."]);
  did(told, "act", { kind: "ecs.update-service", effect: "write", input: { service: "api" } });
  const text = (await fix(made(told))).join("\n");
  expect(text).toContain('ecs.update-service {\n "service": "api"\n}');
  expect(text).not.toContain("`look`");
});
