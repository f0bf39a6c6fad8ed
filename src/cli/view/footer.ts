import { columnsOf } from "../../model/display-width.ts";
import type { ViewIo } from "../io.ts";
import { terminalColumns } from "./terminal-columns.ts";

/** Rows that are drawn anew below the history. */
export interface Footer {
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
export function createFooter({ stdout }: Pick<ViewIo, "stdout">): Footer {
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
