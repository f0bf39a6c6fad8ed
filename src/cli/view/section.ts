import { columns } from "./print.ts";

/** A title with rows below it; nothing where there are none. */
export function section(title: string, rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  return ["", title, ...columns(rows).map((row) => `  ${row}`)];
}
