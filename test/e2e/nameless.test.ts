/** The real program under a uid that has no name and no home, as `docker run -u 12345` starts it. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { writeSmall } from "../support/runbook-files.ts";

const cli = path.resolve("dist/cli/runwright.cjs");
const searchPath = process.env["PATH"] ?? "";

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a program as uid 12345 with exactly this environment. */
function asNobody(
  words: readonly string[],
  {
    cwd = tmpdir(),
    env = {},
  }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Said {
  const own = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const argv = ["--reuid", "12345", "--clear-groups", "env", "-i", `PATH=${searchPath}`, ...own, ...words];
  const { status, stdout, stderr, error } = spawnSync("setpriv", argv, { cwd, encoding: "utf8" });
  return { code: error === undefined ? status : null, out: stdout ?? "", err: stderr ?? "" };
}

function runwright(words: readonly string[], place?: Parameters<typeof asNobody>[1]): Said {
  return asNobody([process.execPath, cli, ...words], place);
}

/** Only root may become another, and what is tested has to be readable by them. */
const missing =
  process.getuid?.() !== 0
    ? "it takes root"
    : asNobody(["cat", cli]).code === 0
      ? null
      : "there is no setpriv, or uid 12345 cannot read the program";
if (missing !== null) console.warn(`SKIPPED test/e2e/nameless.test.ts: ${missing}.`);

/** A directory that uid 12345 may write. */
function desk(): string {
  const dir = mkdtempSync(path.join(tmpdir(), "runwright-nameless-"));
  chmodSync(dir, 0o777);
  return dir;
}

interface Event {
  readonly type: string;
  readonly actor: { readonly id: string };
  readonly data: { readonly user?: string };
}

function eventsOf(said: Said): readonly Event[] {
  return said.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);
}

describe.skipIf(missing !== null)("a uid without a name and without a home", () => {
  test("gets help, a doctor that says what is missing, and an empty list", () => {
    const dir = desk();
    expect(runwright(["--help"]).code).toBe(0);
    const doctor = runwright(["doctor"], { cwd: dir });
    expect(doctor.out).toMatch(/FAIL +anchors +.*`uid 12345` has no home directory.*XDG_STATE_HOME/);
    expect(doctor.out).toMatch(/unknown +runbook cache +there is no home directory/);
    expect(doctor.err).toBe("");
    expect(runwright(["list"], { cwd: dir })).toMatchObject({ code: 0, err: "" });
  });

  test("runs a runbook once it is told where the anchors go, and is recorded by its number", () => {
    const dir = desk();
    writeSmall(dir, `go: gate(() => ({ title: "Go on?", summary: "", risk: "low" }))`);
    const place = { cwd: dir, env: { XDG_STATE_HOME: path.join(dir, "state") } };
    const said = runwright(["run", "small", "--db", path.join(dir, "own.db")], place);
    expect(said.err).toContain("paused at");
    const [run = ""] = /R-\w+/.exec(said.out) ?? [];
    const events = eventsOf(runwright(["timeline", run, "--jsonl", "--db", "own.db"], place));
    expect(events.map(({ type }) => type)).toEqual(["run.started", "lease.acquired", "gate.opened"]);
    expect(events[0]?.actor.id).toBe("uid 12345");
    expect(events[1]?.data.user).toBe("uid 12345");
  });

  test("stays the same person, whatever its variables say, and is whoever logged in where the kernel keeps that", () => {
    const dir = desk();
    writeSmall(dir, `go: gate(() => ({ title: "Go on?", summary: "", risk: "low" }))`);
    const env = { XDG_STATE_HOME: path.join(dir, "state") };
    const lies = ["USER", "LOGNAME", "USERNAME", "LNAME", "SUDO_UID", "SUDO_GID", "HOME", "MAIL", "SHELL"];
    const lying = { ...Object.fromEntries(lies.map((name) => [name, "/ana"])), ...env };
    const words = ["run", "small", "--jsonl"];
    const starter = (said: Said): string => eventsOf(said)[0]?.actor.id ?? said.err;
    expect(starter(runwright(words, { cwd: dir, env: lying }))).toBe("uid 12345");
    const withSudo = { ...env, SUDO_USER: "ana" };
    expect(starter(runwright(words, { cwd: dir, env: withSudo }))).toBe("uid 12345 (SUDO_USER=ana)");
    const login = spawnSync(
      "sh",
      [
        "-c",
        'echo 1 > /proc/self/loginuid && exec "$@"',
        "sh",
        process.execPath,
        cli,
        ...words,
        "--db",
        "login.db",
      ],
      { cwd: dir, env: { PATH: searchPath, SUDO_USER: "ana", ...env }, encoding: "utf8" },
    );
    if (login.stderr.includes("loginuid"))
      return console.warn("SKIPPED: this kernel lets nobody set loginuid.");
    const out = { code: login.status, out: login.stdout, err: login.stderr };
    expect(starter(out)).toBe("daemon (SUDO_USER=ana)");
  });

  test("practises to the end", { timeout: 300_000 }, () => {
    const dir = desk();
    const words = [
      "practice",
      "missing-secret",
      "--auto",
      "--speed",
      "200",
      "--db",
      path.join(dir, "own.db"),
    ];
    const said = runwright(words, { cwd: dir, env: { XDG_STATE_HOME: path.join(dir, "state") } });
    expect(said).toMatchObject({ code: 0 });
    expect(readdirSync(path.join(dir, "state/runwright")).toSorted()).toEqual(["anchors", "keys"]);
  });

  test("is told by one named error what to set, before anything is recorded", () => {
    const dir = desk();
    writeSmall(dir, `go: wait(() => "1ms")`);
    const said = runwright(["run", "small"], { cwd: dir });
    expect(said.code).toBe(2);
    expect(said.err).toMatch(/`uid 12345` has no home directory.*XDG_STATE_HOME.*\[HOME_MISSING\]/);
    expect(existsSync(path.join(dir, "state.db"))).toBe(false);
  });

  test("with a home that cannot be written is told to name another place, not another database", () => {
    const dir = desk();
    writeSmall(dir, `go: wait(() => "1ms")`);
    const said = runwright(["run", "small"], { cwd: dir, env: { HOME: "/" } });
    expect(said.code).toBe(1);
    expect(said.err).toMatch(/`\/\.local\/state\/runwright\/anchors\/.*\[STATE_UNWRITABLE\]/);
    expect(said.err).toContain("`XDG_STATE_HOME=DIR`");
    expect(said.err).not.toContain("--db");
  });
});
