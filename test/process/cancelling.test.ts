import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { Detach } from "../../src/model/detach.ts";
import { runDurable, durableState } from "../../src/process/durable.ts";
import { commandOf, firstLine, options, places, program, runs, temporary } from "./support.ts";

const code = (wanted: string): unknown => expect.objectContaining({ code: wanted });

describe("cancelling", () => {
  test("asks once, waits, and says how it ended", async () => {
    const { seen, onLine } = firstLine();
    const lines: string[] = [];
    const abort = new AbortController();
    const running = runDurable(commandOf(program("patient.sh")), places(), {
      ...options({ signal: abort.signal }),
      onLine: (line) => {
        lines.push(line);
        onLine(line);
      },
    });
    await seen;
    abort.abort(new Error("the operator cancelled"));
    await expect(running).rejects.toMatchObject({
      code: "STEP_STOPPED",
      data: { exitCode: 3, leftRunning: [] },
    });
    expect(lines).toEqual(["ready", "interrupted 1", "ended after 1"]);
  });

  test("a second engine that cancels does not send a second signal", async () => {
    const where = places();
    const { seen, onLine } = firstLine();
    const [first, second] = [new AbortController(), new AbortController()];
    const command = commandOf(program("patient.sh"));
    const one = runDurable(command, where, { ...options({ signal: first.signal }), onLine });
    await seen;
    const two = runDurable(command, where, options({ signal: second.signal }));
    first.abort();
    second.abort();
    // Together: which of the two ends first is open.
    await Promise.all([one, two].map((run) => expect(run).rejects.toEqual(code("STEP_STOPPED"))));
    expect((await runDurable(command, where, options())).stdout).toBe(
      "ready\ninterrupted 1\nended after 1\n",
    );
  });

  test("nothing is started once the signal has aborted", async () => {
    const where = places();
    const ran = runDurable(commandOf("/bin/true"), where, options({ signal: AbortSignal.abort() }));
    await expect(ran).rejects.toMatchObject({ code: "STEP_STOPPED", data: { started: false } });
    expect(durableState(where.dir, "run")).toBe("none");
  });

  test("at once after the start leaves either nothing or an ended command", async () => {
    for (let delay = 0; delay < 20; delay++) {
      const where = places();
      const abort = new AbortController();
      const running = runDurable(commandOf("sleep", "20"), where, options({ signal: abort.signal }));
      setTimeout(() => abort.abort(), delay);
      await expect(running).rejects.toEqual(code("STEP_STOPPED"));
      expect(["none", "abandoned", "exited"]).toContain(durableState(where.dir, "run"));
    }
  });

  test("a command that does not end is left running after the grace", async () => {
    const where = places();
    const stop = path.join(temporary(), "stop");
    const { seen, onLine } = firstLine();
    const abort = new AbortController();
    const command = commandOf(program("stubborn.sh"), stop);
    const running = runDurable(command, where, {
      ...options({ signal: abort.signal, graceMs: 200 }),
      onLine,
    });
    await seen;
    abort.abort();
    await expect(running).rejects.toMatchObject({
      code: "STEP_STOPPED",
      data: { leftRunning: [expect.stringMatching(/^stubborn.sh run \(pid \d+\)$/)] },
    });
    expect(durableState(where.dir, "run")).toBe("running");
    writeFileSync(stop, "");
    expect(await runDurable(command, where, options())).toMatchObject({ exitCode: 0 });
  });

  test.each([
    ["obeys", "grandchild.sh"],
    ["ignores every polite signal", "deaf-grandchild.sh"],
  ])(
    "a timeout returns within a second although a grandchild that %s holds stdout, and ends it",
    async (_how, file) => {
      const { seen, onLine } = firstLine();
      const began = Date.now();
      const running = runDurable(commandOf(program(file), "30"), places(), {
        ...options({ signal: AbortSignal.timeout(300) }),
        onLine,
      });
      const grandchild = Number(await seen);
      await expect(running).rejects.toMatchObject({
        code: "STEP_STOPPED",
        data: { exitCode: 130, leftRunning: [] },
      });
      expect(Date.now() - began).toBeLessThan(1_300);
      expect(runs(grandchild)).toBe(false);
    },
  );

  test("what left the command's group is not killed but told", async () => {
    const { seen, onLine } = firstLine();
    const running = runDurable(commandOf(program("escaping-grandchild.sh"), "30"), places(), {
      ...options({ signal: AbortSignal.timeout(300) }),
      onLine,
    });
    const grandchild = Number(await seen);
    const leftRunning = [`sleep (pid ${grandchild})`];
    await expect(running).rejects.toMatchObject({ data: { leftRunning } });
    process.kill(grandchild, "SIGKILL");
  });

  test("what a command that ended by itself left behind is left alone", async () => {
    const { seen, onLine } = firstLine();
    await runDurable(commandOf(program("grandchild.sh"), "0"), places(), { ...options(), onLine });
    const grandchild = Number(await seen);
    expect(runs(grandchild)).toBe(true);
    process.kill(grandchild, "SIGKILL");
  });

  test("the next engine ends what a cancelled command left behind when the one that cancelled died", async () => {
    const where = places();
    const command = commandOf(program("grandchild.sh"), "0");
    const { seen, onLine } = firstLine();
    await runDurable(command, where, { ...options(), onLine });
    const grandchild = Number(await seen);
    // As the engine that died had left it.
    writeFileSync(path.join(where.dir, "run", "stopping"), "");
    await runDurable(command, where, options());
    expect(runs(grandchild)).toBe(false);
  });

  test("detaching leaves the command to a later engine", async () => {
    const where = places();
    const { seen, onLine } = firstLine();
    const abort = new AbortController();
    const ledger = path.join(temporary(), "ledger");
    const command = commandOf(program("count.sh"), ledger, "8", "0.05");
    const running = runDurable(command, where, { ...options({ signal: abort.signal }), onLine });
    await seen;
    abort.abort(new Detach());
    await expect(running).rejects.toMatchObject({ code: "STEP_STOPPED", data: { detached: true } });
    expect(durableState(where.dir, "run")).toBe("running");
    expect(await runDurable(command, where, options())).toMatchObject({ exitCode: 7 });
    expect(readFileSync(ledger, "utf8").split("\n")).toHaveLength(2);
  });
});
