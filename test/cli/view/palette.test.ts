import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { ignoreEpipe } from "../../../src/cli/bin/process.ts";
import { isColored, palette } from "../../../src/cli/view/palette.ts";
import { symbolsOf } from "../../../src/cli/view/symbols.ts";
import { ioOn, Terminal } from "./terminal.ts";

test.for([
  ["auto", true, {}, true],
  ["auto", false, {}, false],
  ["auto", true, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
  ["auto", false, { FORCE_COLOR: "1" }, true],
  ["auto", true, { FORCE_COLOR: "0" }, false],
  ["auto", true, { TERM: "dumb" }, false],
  ["auto", true, { NO_COLOR: "" }, true],
  ["always", false, { NO_COLOR: "1" }, true],
  ["never", true, { FORCE_COLOR: "1" }, false],
] as const)("--color %s, terminal %s, %o: %s", ([color, isTTY, env, expected]) => {
  const io = ioOn(new Terminal({ isTTY }), { env });
  expect(isColored(io, color)).toBe(expected);
  expect(palette(io, color).bad("x") !== "x").toBe(expected);
});

test("symbols are drawn only where LANG and TERM allow it", () => {
  expect(symbolsOf({ env: { LANG: "en_GB.UTF-8", TERM: "xterm" } }).ok).toBe("✓");
  expect(symbolsOf({ env: { LANG: "en_GB.UTF-8", LC_ALL: "C" } }).ok).toBe("ok");
  expect(symbolsOf({ env: { LANG: "C.UTF-8", TERM: "linux" } }).ok).toBe("ok");
  expect(symbolsOf({ env: {} }).ok).toBe("ok");
});

test("a reader that goes away is no reason to crash, everything else is", () => {
  const stream = new EventEmitter();
  ignoreEpipe(stream as never);
  expect(stream.emit("error", Object.assign(new Error("gone"), { code: "EPIPE" }))).toBe(true);
  expect(() => stream.emit("error", new Error("disk"))).toThrow("disk");
});
