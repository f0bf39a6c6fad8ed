/** The same in ASCII, for readers and printers that know no more. */

const plain: Readonly<Record<string, string>> = {
  "\u2018": "'",
  "\u2019": "'",
  "\u201c": '"',
  "\u201d": '"',
  "\u2013": "-",
  "\u2014": "-",
  "\u2026": "...",
  "\u2192": "->",
  "\u00a0": " ",
};

/** Text in ASCII: what has no equal is spelt out as `\u{...}`. */
export function toAscii(text: string): string {
  return text.replaceAll(
    /[^\t\n\x20-\x7e]/gu,
    (character) => plain[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** HTML in ASCII: nothing is lost, because a browser shows the characters all the same. */
export function toAsciiHtml(html: string): string {
  return html.replaceAll(/[^\t\n\x20-\x7e]/gu, (character) => `&#${character.codePointAt(0) ?? 0};`);
}
