/** Text as wide as a terminal draws it: in columns, of which an ideograph takes two and an accent none. */
import { stripVTControlCharacters } from "node:util";
import stringWidth from "string-width";

/** Plain letters and the marks that we draw: a column each, and the table of all others costs some milliseconds to load. */
const narrow =
  /^[ -~\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u2199\u2500-\u259f\u25b6\u25f7\u2713\u2717\u276f\u2800-\u28ff]*$/;

/** How many columns a line takes; colours take none. */
export function columnsOf(text: string): number {
  const plain = stripVTControlCharacters(text);
  return narrow.test(plain) ? plain.length : stringWidth(plain);
}

/** A text with spaces behind it, up to so many columns. */
export function padColumns(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - columnsOf(text)));
}

/** At most `width` columns of an uncoloured line; `more` says that something was cut off. */
export function clip(text: string, width: number, more: string): string {
  if (columnsOf(text) <= width) return text;
  return headOf(text, Math.max(0, width - columnsOf(more))) + more;
}

/** As much of the beginning of an uncoloured line as fits, with no drawn character cut in two. */
export function headOf(text: string, width: number): string {
  if (narrow.test(text)) return text.slice(0, width);
  let [taken, columns] = ["", 0];
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    columns += columnsOf(segment);
    if (columns > width) return taken;
    taken += segment;
  }
  return taken;
}
