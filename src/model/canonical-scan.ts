/**
 * Sees in one pass, building no value, that a text is the RFC 8785 form of something that may be stored. A yes is
 * certain. A no is not: an unusual key and a whole number of more than 15 digits are left to a slower reader.
 */
const unit = {
  quote: 0x22,
  comma: 0x2c,
  point: 0x2e,
  openBracket: 0x5b,
  closeBracket: 0x5d,
  e: 0x65,
  f: 0x66,
  n: 0x6e,
  t: 0x74,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const;

/** What each reader here returns where the text is not as it should be; no value ends there. */
export const nowhere = -1;

const deepest = 64;

/** Where the value that begins at `at` ends. */
export function endOfValue(text: string, at: number, depth: number): number {
  if (depth > deepest) return nowhere;
  switch (text.charCodeAt(at)) {
    case unit.quote:
      return endOf(string, text, at);
    case unit.openBrace:
      return endOfObject(text, at, depth);
    case unit.openBracket:
      return endOfArray(text, at, depth);
    case unit.t:
      return text.startsWith("true", at) ? at + 4 : nowhere;
    case unit.f:
      return text.startsWith("false", at) ? at + 5 : nowhere;
    case unit.n:
      return text.startsWith("null", at) ? at + 4 : nowhere;
    default:
      return endOfNumber(text, at);
  }
}

const whole = /0|-?[1-9]\d{0,14}/y;
const broken = /-?\d+(?:\.\d+)?(?:e-\d+)?/y;
const plain = String.raw`[^"\\\0-\x1f\ud800-\udfff]*`;
// Whatever has to be escaped has one spelling, and half a surrogate pair cannot be stored.
const special = String.raw`\\(?:["\\bfnrt]|u00(?:0[0-7be-f]|1[\da-f]))|[\ud800-\udbff][\udc00-\udfff]`;
const string = new RegExp(`"${plain}(?:(?:${special})${plain})*"`, "y");
const name = new RegExp(`"${plain}":`, "y");

function endOf(form: RegExp, text: string, at: number): number {
  form.lastIndex = at;
  return form.test(text) ? form.lastIndex : nowhere;
}

/** Most are whole; of the others one text is right, and that is the one in which the number is written again. */
function endOfNumber(text: string, at: number): number {
  const end = endOf(whole, text, at);
  const next = text.charCodeAt(end);
  if (end !== nowhere && next !== unit.point && next !== unit.e) return end;
  const last = endOf(broken, text, at);
  if (last === nowhere) return nowhere;
  const written = text.slice(at, last);
  const value = Number(written);
  return !Number.isInteger(value) && String(value) === written ? last : nowhere;
}

function endOfArray(text: string, at: number, depth: number): number {
  if (text.charCodeAt(at + 1) === unit.closeBracket) return at + 2;
  let end = at;
  do end = endOfValue(text, end + 1, depth + 1);
  while (text.charCodeAt(end) === unit.comma);
  return text.charCodeAt(end) === unit.closeBracket ? end + 1 : nowhere;
}

function endOfObject(text: string, at: number, depth: number): number {
  if (text.charCodeAt(at + 1) === unit.closeBrace) return at + 2;
  let before = "";
  let end = at;
  do {
    const begin = endOf(name, text, end + 1);
    if (begin === nowhere) return nowhere;
    const key = text.slice(end + 1, begin - 2);
    // With its first quote, so that even an empty key comes after nothing.
    if (key <= before) return nowhere;
    before = key;
    end = endOfValue(text, begin, depth + 1);
  } while (text.charCodeAt(end) === unit.comma);
  return text.charCodeAt(end) === unit.closeBrace ? end + 1 : nowhere;
}
