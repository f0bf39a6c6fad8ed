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
import {
  deleteRawOutput,
  runDurable,
  durableState,
  type AttemptDirectories,
} from "../../src/process/durable.ts";
import { randomFrom } from "../redact/random.ts";
import { commandOf, options, places, program, temporary } from "./support.ts";

const code = (wanted: string): unknown => expect.objectContaining({ code: wanted });

function record(where: AttemptDirectories, files: Readonly<Record<string, string>>): void {
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
    expect(durableState(where.dir, "run")).toBe("exited");
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

  test("gets 10,000 hostile arguments exactly, and no shell reads them", async () => {
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
    const hostile = Array.from({ length: 10_000 }, () =>
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
      .filter((entry) => entry !== "" && !/^(?:PWD|SHLVL|_|OLDPWD|NODE_V8_COVERAGE)=/.test(entry));
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

describe("adoption", () => {
  test("a command that never began is fenced off, and starts in a folder of its own", async () => {
    const where = places();
    record(where, {});
    expect(durableState(where.dir, "run")).toBe("none");
    expect(durableState(where.dir, "run")).toBe("abandoned");
    expect(await runDurable(commandOf("/bin/true"), where, options())).toMatchObject({ exitCode: 0 });
    expect(readdirSync(where.dir).toSorted()).toEqual(["run", "run+2"]);
    expect(durableState(where.dir, "run")).toBe("exited");
  });

  test("a command whose process is gone without a record is lost", async () => {
    const where = places();
    await runDurable(commandOf("/bin/true"), where, options());
    rmSync(path.join(where.dir, "run/exit"));
    // The supervisor ends a moment after it has written the record.
    await vi.waitFor(() => expect(durableState(where.dir, "run")).toBe("lost"));
    await expect(runDurable(commandOf("/bin/true"), where, options())).rejects.toEqual(code("CHILD_LOST"));
  });

  test("another process with the same pid is not taken for the command, nor signalled", async () => {
    const where = places();
    const stat = readFileSync("/proc/self/stat", "utf8")
      .trim()
      .replace(/\d+(?=( \d+){30}$)/, "1");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    record(where, { started: `${process.pid}\n${stat}\n${boot}\n` });
    expect(["lost", "running"]).toContain(durableState(where.dir, "run"));
    record(where, { started: `4194999\n${stat}\n${boot}\n` });
    expect(durableState(where.dir, "run")).toBe("lost");
  });

  test("after a restart of the machine a missing record proves nothing", () => {
    const where = places();
    record(where, { "command.json": `{"argv":"0","boot":"an earlier one"}\n` });
    expect(durableState(where.dir, "run")).toBe("lost");
  });

  test("raw output that is gone makes the command lost", async () => {
    const where = places();
    await runDurable(commandOf("/bin/true"), where, options());
    await deleteRawOutput(where);
    await expect(runDurable(commandOf("/bin/true"), where, options())).rejects.toEqual(code("CHILD_LOST"));
  });

  test("a directory without records has nothing to tell", () => {
    expect(durableState(path.join(temporary(), "none"), "run")).toBe("none");
    expect(() => durableState("/tmp", "../x")).toThrow(/cannot name a command/);
  });
});
