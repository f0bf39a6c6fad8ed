import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { defineStep } from "../../src/model/step.ts";
import { runbook } from "../../src/runbook/define.ts";
import { openBlobs } from "../../src/store/blobs.ts";
import { createWorld } from "../support/external-world.ts";
import { temporary } from "../support/terraform.ts";
import { bench } from "../support/world-free.ts";
import { noted, openAt, started, turn } from "./store-support.ts";

/** A small disk of its own, with a ballast that can be thrown off; undefined where nobody may mount one. */
function smallDisk():
  { readonly dir: string; readonly ballast: string; readonly unmount: () => void } | undefined {
  const dir = temporary("small-disk");
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m,mode=0700", "tmpfs", dir], { stdio: "ignore" });
  } catch {
    process.stderr.write("\nSKIPPED: the full disk: nobody may mount a tmpfs here.\n\n");
    return undefined;
  }
  const ballast = path.join(dir, "ballast");
  writeFileSync(ballast, Buffer.alloc(7_000_000));
  return { dir, ballast, unmount: () => void execFileSync("umount", ["-l", dir]) };
}

const storageFailed = expect.objectContaining({ code: "STORAGE_FAILED" });

test("on a full disk nothing is acknowledged that is not stored, and the record goes on when there is space", ({
  skip,
}) => {
  const disk = smallDisk();
  if (disk === undefined) return skip();
  const at = { file: path.join(disk.dir, "state.db"), anchors: path.join(temporary("anchors"), "anchors") };
  try {
    const store = openAt(at);
    store.log.append(turn(started("r1")), null);
    let acknowledged = 1;
    const append = (): void => {
      for (; acknowledged < 1_000; acknowledged += 1)
        store.log.append(turn(noted("r1", "x".repeat(5_000))), null);
    };
    expect(append).toThrowError(storageFailed);
    store.close();
    rmSync(disk.ballast);
    const again = openAt(at);
    // A commit that failed may have been stored after all; one that was acknowledged must be.
    expect(again.log.head().seq - acknowledged).toBeOneOf([0, 1]);
    expect(again.log.append(turn(noted("r1")), null).type).toBe("stored");
    expect(again.log.events("r1").map(({ seq }) => seq)).toEqual(
      Array.from({ length: again.log.head().seq }, (_, index) => index + 1),
    );
    again.close();
  } finally {
    disk.unmount();
  }
});

test("a blob that does not fit is told, and leaves nothing behind", async ({ skip }) => {
  const disk = smallDisk();
  if (disk === undefined) return skip();
  try {
    const blobs = openBlobs({ file: path.join(disk.dir, "state.db") });
    await expect(blobs.put(Buffer.alloc(9_000_000, "x"))).rejects.toEqual(storageFailed);
    const sha256 = await blobs.put(Buffer.from("small"));
    expect(Buffer.from(await blobs.get(sha256)).toString()).toBe("small");
  } finally {
    disk.unmount();
  }
});

test("an engine on a full disk stops, and has every effect once when it is resumed with space", async ({
  skip,
}) => {
  const disk = smallDisk();
  if (disk === undefined) return skip();
  const world = createWorld(temporary("full-disk"));
  const act = defineStep({
    kind: "test.act",
    effect: "write",
    binds: { nothing: "there is only one" },
    risk: "low",
    timeout: "5s",
    input: z.strictObject({ name: z.string() }),
    output: z.strictObject({ text: z.string() }),
    describe: () => "",
    run: async ({ name }) => {
      world.add(name);
      return { text: "x".repeat(40_000) };
    },
    probe: async ({ name }) =>
      world.has(name)
        ? { verdict: "done", output: { text: "" }, why: "it is there" }
        : { verdict: "not done", why: "it is not there" },
  });
  const names = Array.from({ length: 40 }, (_, index) => `act-${index}`);
  const { step, define } = runbook("fills", { title: "Fills", input: z.strictObject({}) });
  const made = define(Object.fromEntries(names.map((name) => [name, step(act, () => ({ name }))])));
  try {
    const first = bench(made, disk.dir);
    const run = first.start({});
    await expect(first.drive(run)).rejects.toEqual(storageFailed);
    first.host.store.close();
    expect(world.effects().length).toBeLessThan(names.length);
    rmSync(disk.ballast);
    expect(await bench(made, disk.dir).drive(run, { resumed: "with space" })).toMatchObject({
      type: "ended",
    });
    expect(world.effects()).toEqual(names);
  } finally {
    disk.unmount();
  }
});
