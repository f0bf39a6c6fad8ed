import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { Detach } from "../../src/model/detach.ts";
import { Secret } from "../../src/model/secret.ts";
import { forgetRaw, runDurable, traceDurable, type Where } from "../../src/process/durable.ts";
import { createRedactor } from "../../src/redact/redactor.ts";
import { randomFrom } from "../redact/random.ts";
import { commandOf, firstLine, options, places, program, temporary } from "./support.ts";

const code = (wanted: string): unknown => expect.objectContaining({ code: wanted });

function record(where: Where, files: Readonly<Record<string, string>>): void {
  mkdirSync(path.join(where.dir, "run"), { recursive: true, mode: 0o700 });
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(path.join(where.dir, "run", name), content);
  }
}

describe("a command", () => {
  test("gives its exit code and both streams, and each line as it comes", async () => {
    const where = places();
    const lines: string[] = [];
    const ledger = path.join(temporary(), "ledger");
    const result = await runDurable(commandOf(program("count.sh"), ledger, "3", "0.01"), where, {
      ...options(),
      onLine: (line, stream) => lines.push(`${stream}: ${line}`),
    });
    expect(result).toEqual({ exitCode: 7, stdout: "line 1\nline 2\nline 3\n", stderr: "on stderr\n" });
    expect(lines).toEqual(["stdout: line 1", "stdout: line 2", "stdout: line 3", "stderr: on stderr"]);
    expect(traceDurable(where.dir, "run")).toBe("exited");
  });

  test("ended by a signal has the code 128 + n", async () => {
    const result = await runDurable(commandOf("/bin/sh", "-c", "kill -9 $$"), places(), options());
    expect(result.exitCode).toBe(137);
  });

  test("that is called again is not run again", async () => {
    const where = places();
    const ledger = path.join(temporary(), "ledger");
    const command = commandOf(program("count.sh"), ledger, "2", "0");
    const first = await runDurable(command, where, options());
    expect(await runDurable(command, where, options())).toEqual(first);
    expect(readFileSync(ledger, "utf8").split("\n")).toHaveLength(2);
  });

  test("with other arguments under the same name is refused", async () => {
    const where = places();
    await runDurable(commandOf("/bin/true"), where, options());
    await expect(runDurable(commandOf("/bin/true", "x"), where, options())).rejects.toThrow(
      /belongs to another/,
    );
  });

  test("whose program or directory is missing is refused before anything starts", async () => {
    const where = places();
    for (const command of [
      commandOf("no-such-program"),
      commandOf("exit"),
      commandOf("/bin/true", "a\0b"),
      { ...commandOf("/bin/true"), cwd: "/no/such/directory" },
    ]) {
      await expect(runDurable(command, where, options())).rejects.toEqual(code("COMMAND_NOT_STARTED"));
    }
    expect(readdirSync(where.dir)).toEqual([]);
  });

  test("that is too long for the system did not start and may be tried again", async () => {
    const where = places();
    const tooLong = commandOf("/bin/true", "x".repeat(4_000_000));
    await expect(runDurable(tooLong, where, options())).rejects.toEqual(code("COMMAND_NOT_STARTED"));
    expect(await runDurable(commandOf("/bin/true"), where, options())).toMatchObject({ exitCode: 0 });
  });

  test("gets hostile arguments exactly, and no shell reads them", async () => {
    const random = randomFrom(47);
    const alphabet = [
      "$",
      "`",
      "'",
      '"',
      "\\",
      "\n",
      " ",
      "-",
      ";",
      "&",
      "|",
      "*",
      "~",
      "é",
      "\u001b",
      "$(id)",
      "%s",
    ];
    const hostile = Array.from({ length: 2_000 }, () =>
      Array.from({ length: random(12) }, () => alphabet[random(alphabet.length)]).join(""),
    );
    const args = ["-n", "--", "-e", "", "$HOME", "$(touch owned)", ...hostile];
    const where = places();
    const { stdout } = await runDurable(commandOf(program("argv.sh"), ...args), where, options());
    expect(stdout.split("\0").slice(0, -1)).toEqual(args);
    expect(existsSync("owned")).toBe(false);
  });

  test("has exactly the environment that it was given", async () => {
    const env = { PATH: "/usr/bin:/bin", stat: "mine", boot: "mine", A: "x\ny" };
    const { stdout } = await runDurable({ ...commandOf("env", "-0"), env }, places(), options());
    const seen = stdout
      .split("\0")
      .filter((entry) => entry !== "" && !/^(?:PWD|SHLVL|_|OLDPWD)=/.test(entry));
    expect(seen.toSorted()).toEqual(
      Object.entries(env)
        .map(([name, value]) => `${name}=${value}`)
        .toSorted(),
    );
  });

  test("inherits the umask but no file of the engine, and its records are closed to others", async () => {
    const where = places();
    const held = path.join(temporary(), "state.db");
    const handle = openSync(held, "w");
    const look = "umask; for file in /proc/self/fd/*; do readlink $file; done; true";
    const { stdout } = await runDurable(commandOf("/bin/sh", "-c", look), where, options());
    closeSync(handle);
    expect(stdout).toMatch(/^0022\n/);
    expect(stdout).toContain("/dev/null\n");
    expect(stdout).not.toContain(held);
    for (const root of [where.dir, where.rawDir]) {
      for (const name of ["", ...readdirSync(root, { recursive: true, encoding: "utf8" })]) {
        const found = lstatSync(path.join(root, name));
        expect(found.mode & 0o777).toBe(found.isDirectory() ? 0o700 : 0o600);
      }
    }
  });

  test("is refused a directory that others can open", async () => {
    const where = places();
    mkdirSync(where.dir, { mode: 0o755 });
    await expect(runDurable(commandOf("/bin/true"), where, options())).rejects.toThrow(/only you can open/);
  });
});

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
    await forgetRaw(where);
    expect(readdirSync(where.rawDir)).toEqual([]);
  });

  test("beyond the limit is cut, counted and digested", async () => {
    const { stdout } = await runDurable(commandOf("/bin/sh", "-c", "printf éééé; printf xyz"), places(), {
      ...options({ maxStoredBytes: 5 }),
    });
    expect(stdout).toMatch(/^éé\n\[cut: kept 4 of 11 bytes; sha256 of all [0-9a-f]{64}\]\n$/);
  });

  test("of 300 MB needs little memory", async () => {
    const before = process.memoryUsage().rss;
    const { stdout } = await runDurable(commandOf("/bin/sh", "-c", "head -c 300000000 /dev/zero"), places(), {
      ...options({ maxStoredBytes: 1_000 }),
    });
    expect(stdout).toContain("of 300000000 bytes");
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });
});

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
      data: { exitCode: 3, survivors: [] },
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
    await expect(one).rejects.toEqual(code("STEP_STOPPED"));
    await expect(two).rejects.toEqual(code("STEP_STOPPED"));
    expect((await runDurable(command, where, options())).stdout).toBe(
      "ready\ninterrupted 1\nended after 1\n",
    );
  });

  test("nothing is started once the signal has aborted", async () => {
    const where = places();
    const ran = runDurable(commandOf("/bin/true"), where, options({ signal: AbortSignal.abort() }));
    await expect(ran).rejects.toMatchObject({ code: "STEP_STOPPED", data: { started: false } });
    expect(traceDurable(where.dir, "run")).toBe("none");
  });

  test("at once after the start leaves either nothing or an ended command", async () => {
    for (let delay = 0; delay < 20; delay++) {
      const where = places();
      const abort = new AbortController();
      const running = runDurable(commandOf("sleep", "20"), where, options({ signal: abort.signal }));
      setTimeout(() => abort.abort(), delay);
      await expect(running).rejects.toEqual(code("STEP_STOPPED"));
      expect(["none", "abandoned", "exited"]).toContain(traceDurable(where.dir, "run"));
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
    await expect(running).rejects.toMatchObject({ code: "STEP_STOPPED", data: { running: true } });
    expect(traceDurable(where.dir, "run")).toBe("running");
    writeFileSync(stop, "");
    expect(await runDurable(command, where, options())).toMatchObject({ exitCode: 0 });
  });

  test("a timeout returns within a second although a grandchild holds stdout", async () => {
    const { seen, onLine } = firstLine();
    const signal = AbortSignal.timeout(300);
    const began = Date.now();
    const running = runDurable(commandOf(program("grandchild.sh"), "30"), places(), {
      ...options({ signal }),
      onLine,
    });
    const grandchild = Number(await seen);
    const error: unknown = await running.catch((thrown: unknown) => thrown);
    expect(Date.now() - began).toBeLessThan(1_300);
    expect(error).toMatchObject({ code: "STEP_STOPPED", data: { exitCode: 130, survivors: [grandchild] } });
    process.kill(grandchild, "SIGKILL");
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
    expect(traceDurable(where.dir, "run")).toBe("running");
    expect(await runDurable(command, where, options())).toMatchObject({ exitCode: 7 });
    expect(readFileSync(ledger, "utf8").split("\n")).toHaveLength(2);
  });
});

describe("adoption", () => {
  test("a command that never began is fenced off, and starts in a folder of its own", async () => {
    const where = places();
    record(where, {});
    expect(traceDurable(where.dir, "run")).toBe("none");
    expect(traceDurable(where.dir, "run")).toBe("abandoned");
    expect(await runDurable(commandOf("/bin/true"), where, options())).toMatchObject({ exitCode: 0 });
    expect(readdirSync(where.dir).toSorted()).toEqual(["run", "run+2"]);
    expect(traceDurable(where.dir, "run")).toBe("exited");
  });

  test("a command whose process is gone without a record is lost", async () => {
    const where = places();
    await runDurable(commandOf("/bin/true"), where, options());
    rmSync(path.join(where.dir, "run/exit"));
    // The supervisor ends a moment after it has written the record.
    await vi.waitFor(() => expect(traceDurable(where.dir, "run")).toBe("lost"));
    await expect(runDurable(commandOf("/bin/true"), where, options())).rejects.toEqual(code("CHILD_LOST"));
  });

  test("another process with the same pid is not taken for the command, nor signalled", async () => {
    const where = places();
    const stat = readFileSync("/proc/self/stat", "utf8")
      .trim()
      .replace(/\d+(?=( \d+){30}$)/, "1");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    record(where, { started: `${process.pid}\n${stat}\n${boot}\n` });
    expect(["lost", "running"]).toContain(traceDurable(where.dir, "run"));
    record(where, { started: `4194999\n${stat}\n${boot}\n` });
    expect(traceDurable(where.dir, "run")).toBe("lost");
  });

  test("after a restart of the machine a missing record proves nothing", () => {
    const where = places();
    record(where, { "command.json": `{"argv":"0","boot":"an earlier one"}\n` });
    expect(traceDurable(where.dir, "run")).toBe("lost");
  });

  test("raw output that is gone makes the command lost", async () => {
    const where = places();
    await runDurable(commandOf("/bin/true"), where, options());
    await forgetRaw(where);
    await expect(runDurable(commandOf("/bin/true"), where, options())).rejects.toEqual(code("CHILD_LOST"));
  });

  test("a directory without records has nothing to tell", () => {
    expect(traceDurable(path.join(temporary(), "none"), "run")).toBe("none");
    expect(() => traceDurable("/tmp", "../x")).toThrow(/cannot name a command/);
  });
});
