import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { attachFiles, problemWith } from "../../src/runs/attach-files.ts";
import { asks, started } from "./small-run.ts";

test("files are stored under their names, a twin with a number", async () => {
  const { place, workspace, run } = await started(asks);
  mkdirSync(path.join(place.cwd, "other"));
  for (const name of ["shot.txt", "other/shot.txt"]) writeFileSync(path.join(place.cwd, name), name);
  const artifacts = await attachFiles(workspace, run, ["shot.txt", "'other/shot.txt'"]);
  expect(artifacts.map(({ name }) => name)).toEqual(["shot.txt", "2-shot.txt"]);
  expect(Buffer.from(await workspace.blobs.get(artifacts[1]?.sha256 ?? "")).toString()).toBe(
    "other/shot.txt",
  );
  workspace.close();
});

test("what keeps a file from being attached is said, and then none is", async () => {
  const { place, workspace, run } = await started(asks);
  writeFileSync(path.join(place.cwd, "shot.txt"), "seen");
  expect(problemWith("none.txt", place)).toBe("There is no file `none.txt`");
  expect(problemWith(".", place)).toBe("`.` is not a file");
  expect(problemWith("shot.txt", place)).toBeNull();
  await expect(attachFiles(workspace, run, ["shot.txt", "none.txt"])).rejects.toMatchObject({
    code: "EVIDENCE_REFUSED",
  });
  workspace.close();
});
