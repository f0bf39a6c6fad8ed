import type { ViewIo } from "../io.ts";
import { utcStamp } from "./times.ts";
import { terminalColumns } from "./terminal-columns.ts";
import { columnsOf } from "../../model/display-width.ts";

/** Where a line comes from; logs say it before every line. */
interface WindowOrigin {
  readonly run: string;
  readonly at: string;
}

/** Stdout as the view uses it: a terminal with a footer, a terminal without one, or a log. */
export interface Screen {
  /** `Infinity` in a log: there a fact is one line. */
  readonly width: () => number;
  readonly isLog: boolean;
  /** Whether rows are drawn just now. */
  readonly isLive: () => boolean;
  readonly say: (lines: readonly string[], origin: WindowOrigin) => void;
  readonly draw: (rows: readonly string[]) => void;
  /** A sound and a notice of the desktop: somebody is needed. The text holds nothing that a terminal acts on. */
  readonly call: (text: string) => void;
  /** Names the window, until the screen is closed. */
  readonly title: (text: string) => void;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly close: () => void;
}

const narrowest = 60;
const lowest = 8;

export function createScreen(io: Pick<ViewIo, "stdout" | "env">, redraw: () => void): Screen {
  const { stdout } = io;
  const { isLog, mayDraw, mayName } = abilitiesOf(io);
  const footer = createFooter(io);
  const kept: (readonly string[])[] = [];
  let state: "open" | "paused" | "closed" = "open";
  const window = createWindowTitle(stdout, mayName);

  const isLive = (): boolean =>
    mayDraw && state === "open" && terminalColumns(stdout) >= narrowest && stdout.rows >= lowest;
  const onResize = (): void => (isLive() ? redraw() : footer.draw([]));
  if (mayDraw) stdout.on("resize", onResize);

  function write(lines: readonly string[]): void {
    if (state === "paused") kept.push(lines);
    else if (mayDraw) footer.print(lines);
    else stdout.write(lines.map((line) => `${line}\n`).join(""));
  }

  return {
    width: () => (isLog ? Infinity : terminalColumns(stdout) - 1),
    isLog,
    isLive,
    say: (lines, { run, at }) => {
      const told = isLog ? lines.filter((line) => line.trim() !== "") : lines;
      write(isLog ? told.map((line) => `${utcStamp(at)} ${run} ${line.replace(/^ {2}/, "")}`) : told);
    },
    draw: (rows) => {
      if (isLive()) footer.draw(rows);
    },
    call: (text) => {
      if (mayDraw) stdout.write(`\u0007${mayName ? `\u001b]9;${text}\u0007` : ""}`);
    },
    title: (text) => {
      if (state !== "closed") window.name(text);
    },
    pause: () => {
      if (state === "open" && mayDraw) footer.draw([]);
      if (state === "open") state = "paused";
    },
    resume: () => {
      if (state !== "paused") return;
      state = "open";
      for (const lines of kept.splice(0)) write(lines);
      redraw();
    },
    close: () => {
      if (state === "paused") {
        state = "open";
        for (const lines of kept.splice(0)) write(lines);
      }
      if (mayDraw) footer.draw([]);
      if (state !== "closed") window.restore();
      state = "closed";
      stdout.off("resize", onResize);
    },
  };
}

function abilitiesOf({ stdout, env }: Pick<ViewIo, "stdout" | "env">) {
  const isLog = !stdout.isTTY || isCi(env["CI"]);
  const mayDraw = !isLog && env["TERM"] !== "dumb";
  // The Linux console has no window, and shows some of what is meant for one.
  return { isLog, mayDraw, mayName: mayDraw && env["TERM"] !== "linux" };
}

/** The name of the terminal's window, which gets its own back in the end. */
function createWindowTitle(stdout: Pick<ViewIo["stdout"], "write">, mayName: boolean) {
  let named: string | null = null;
  return {
    name: (text: string): void => {
      if (!mayName || text === named) return;
      // The first time, the terminal is told to keep the title that it had.
      stdout.write(`${named === null ? "\u001b[22;2t" : ""}\u001b]2;${text}\u0007`);
      named = text;
    },
    restore: (): void => {
      if (named !== null) stdout.write("\u001b[23;2t");
    },
  };
}

function isCi(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}

/** Rows that are drawn anew below the history. */
interface Footer {
  /** Writes history, above the rows. */
  readonly print: (lines: readonly string[]) => void;
  /** Draws the rows anew; they must fit the terminal. */
  readonly draw: (rows: readonly string[]) => void;
}

const begin = "\u001b[?2026h";
const end = "\u001b[?2026l";

/**
 * The only place that moves the cursor, and only over rows of its own: history is never touched. Every row ends with a
 * line feed and the cursor rests on an empty line below: terminals that break long lines anew when they get narrower
 * leave out the line with the cursor.
 */
function createFooter({ stdout }: Pick<ViewIo, "stdout">): Footer {
  let drawn: readonly string[] = [];

  function erase(): string {
    const rows = drawn.reduce(
      (sum, row) => sum + Math.max(1, Math.ceil(columnsOf(row) / terminalColumns(stdout))),
      0,
    );
    return rows === 0 ? "" : `\r\u001b[${rows}A\u001b[J`;
  }

  function write(history: readonly string[], rows: readonly string[]): void {
    const text = [...history, ...rows].map((line) => `${line}\n`).join("");
    stdout.write(`${begin}${erase()}${text}${end}`);
    drawn = rows;
  }

  return {
    print: (lines) => {
      if (lines.length > 0) write(lines, drawn);
    },
    draw: (rows) => {
      if (rows.join("\n") !== drawn.join("\n")) write([], rows);
    },
  };
}
