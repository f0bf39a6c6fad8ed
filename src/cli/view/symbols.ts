import type { Io } from "../io.ts";

/** The marks before a line. A word always says the same, because a mark alone is soon misread. */
export interface Symbols {
  readonly ok: string;
  readonly fail: string;
  readonly run: string;
  readonly wait: string;
  readonly doubt: string;
  readonly note: string;
  readonly bar: string;
  readonly more: string;
  readonly dot: string;
  readonly pointer: string;
  readonly dash: string;
  readonly spinner: readonly string[];
}

const unicode: Symbols = {
  ok: "✓",
  fail: "✗",
  run: "▶",
  wait: "◷",
  doubt: "?",
  note: "•",
  bar: "│",
  more: "…",
  dot: "·",
  pointer: "❯",
  dash: "─",
  spinner: ["⠋", "⠙", "⠸", "⠴", "⠦", "⠇"],
};

/** For terminals and logs that know only ASCII. */
export const ascii: Symbols = {
  ok: "ok",
  fail: "FAIL",
  run: ">",
  wait: "..",
  doubt: "??",
  note: "*",
  bar: "|",
  more: "...",
  dot: "-",
  pointer: ">",
  dash: "-",
  spinner: ["|", "/", "-", "\\"],
};

/** What the terminal can draw, as far as LANG and TERM tell. */
export function symbolsOf({ env }: Pick<Io, "env">): Symbols {
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find((value) => value) ?? "";
  const isUtf8 = /utf-?8/i.test(locale);
  return isUtf8 && env["TERM"] !== "linux" && env["TERM"] !== "dumb" ? unicode : ascii;
}
