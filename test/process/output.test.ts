import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { Secret } from "../../src/model/secret.ts";
import { deleteRawOutput, runDurable, type AttemptDirectories } from "../../src/process/durable.ts";
import { createRedactor } from "../../src/redact/redactor.ts";
import { bundleEngine, commandOf, options, places, startEngine } from "./support.ts";

describe("output", () => {
  test("is redacted everywhere but in the raw files, which are removed in the end", async () => {
    const where = places();
    const secret = "canary-7f3a9";
    const redactor = createRedactor();
    redactor.add(new Secret("token", secret));
    const seen: string[] = [];
    const result = await runDurable(commandOf("printf", "a\\n%s\\n", secret), where, {
      ...options({ redactor }),
      onLine: (line) => seen.push(line),
    });
    expect([result.stdout, ...seen]).toEqual(["a\n[secret token]\n", "a", "[secret token]"]);
    expect(readFileSync(path.join(where.rawDir, "run/stdout"), "utf8")).toContain(secret);
    for (const name of readdirSync(path.join(where.dir, "run"))) {
      expect(readFileSync(path.join(where.dir, "run", name), "utf8")).not.toContain(secret);
    }
    await deleteRawOutput(where);
    expect(readdirSync(where.rawDir)).toEqual([]);
  });

  test("beyond the limit is cut, counted and digested", async () => {
    const { stdout } = await runDurable(commandOf("/bin/sh", "-c", "printf éééé; printf xyz"), places(), {
      ...options({ maxStoredBytes: 5 }),
    });
    expect(stdout).toMatch(/^éé\n\[cut: kept 4 of 11 bytes; sha256 of all [0-9a-f]{64}\]\n$/);
  });

  test("of 300 MB needs little memory and little of the disk", async () => {
    const where = places();
    const before = process.memoryUsage().rss;
    const { stdout } = await runDurable(flood(300_000_000), where, options({ maxStoredBytes: 1_000 }));
    expect(stdout).toContain("of 300000000 bytes");
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
    expect(onDisk(where)).toBeLessThan(134_217_728);
  });

  test("that comes faster than it can be read is counted, whoever reads it", async () => {
    const where = places();
    const few = { maxStoredBytes: 1_000, maxWaitingBytes: 1 };
    const { stdout } = await runDurable(flood(200_000_000), where, options(few));
    const mark = "\n[cut: kept 1000 of 200000000 bytes; they came faster than they could be read]\n";
    expect(stdout).toBe("\0".repeat(1_000) + mark);
    expect(onDisk(where)).toBeLessThan(134_217_728);
    const again = await runDurable(flood(200_000_000), where, options({ maxStoredBytes: 1_000 }));
    expect(again.stdout).toBe(stdout);
  });

  /** Ten minutes of disk at worst, so only in `npm run test:chaos`. */
  test.runIf(process.env["RUNWRIGHT_CHAOS"] !== undefined)(
    "of 10 GB needs less than 256 MiB of memory, and of the disk less than 1 GiB",
    async () => {
      const where = places();
      const bytes = 10_000_000_000;
      const engine = startEngine(bundleEngine(), flood(bytes), where, { FIGURES: "1" });
      let most = 0;
      const watch = setInterval(() => (most = Math.max(most, onDisk(where))), 100);
      const figures = JSON.parse((await engine.ended).trim().split("\n").at(-1) ?? "") as Figures;
      clearInterval(watch);
      const inMiB = (count: number): number => Math.round(count / 1_048_576);
      process.stderr.write(
        `\n10 GB of output: ${inMiB(figures.rss)} MiB of memory, ${inMiB(most)} MiB of disk at most, ${figures.mark}\n`,
      );
      expect(figures.mark).toContain(`of ${bytes} bytes`);
      expect(figures.rss).toBeLessThan(268_435_456);
      expect(most).toBeLessThan(1_073_741_824);
    },
    600_000,
  );
});

interface Figures {
  readonly rss: number;
  readonly mark: string;
}

function flood(bytes: number): ReturnType<typeof commandOf> {
  return commandOf("head", "-c", String(bytes), "/dev/zero");
}

/** How much of the disk the raw output takes, which may be less than its length. */
function onDisk({ rawDir }: AttemptDirectories): number {
  // Before the command begins there is nothing.
  const names = existsSync(rawDir) ? readdirSync(rawDir, { recursive: true, encoding: "utf8" }) : [];
  return names.reduce((sum, name) => sum + lstatSync(path.join(rawDir, name)).blocks * 512, 0);
}
