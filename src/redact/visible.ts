/**
 * What a terminal or a browser would act on instead of showing: control characters but tab and line feed,
 * bidi controls, tags, zero-width and other ignorable characters, odd line ends, half surrogate pairs.
 * U+FE0F stays: it only asks for the coloured form of the character before it.
 */
const hidden = /(?![\n\t]|\u{fe0f})[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Text whose hidden characters are spelt out as `\u{...}`, so that nothing can act on them and nothing is lost. */
export function visible(text: string): string {
  return text.replaceAll(hidden, spell);
}

/** The same for text that has to stay on one line. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll("\n", spell);
}

/**
 * A JSON text that a terminal can show: hidden characters, which in JSON are always inside of strings, are written as
 * `\uXXXX`, so that a program reads exactly what was stored.
 */
export function visibleJson(text: string): string {
  return text.replaceAll(hidden, (character) => character.split("").map(unicodeEscape).join(""));
}

function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function spell(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
