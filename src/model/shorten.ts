/** The first `most` characters of a text, with a mark where more were cut off than the mark takes. */
export function shorten(text: string, most: number): string {
  return text.length <= most + 1 ? text : `${text.slice(0, most).toWellFormed()}\u{2026}`;
}

/** The same for a text of many lines, which says how much is left out. */
export function shortenText(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most)}\n[... ${text.length - most} more characters]`;
}
