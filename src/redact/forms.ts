/** The fewest bytes of a secret: a shorter one would blot out ordinary text. */
export const fewestBytes = 6;

/** Every spelling in which a program may print `value`: as it is, encoded, quoted, and each of its lines. */
export function formsOf(value: string): ReadonlySet<string> {
  const forms = new Set<string>();
  for (const part of partsOf(value)) {
    for (const form of spellings(part)) {
      if (form.length >= fewestBytes) forms.add(form);
    }
  }
  return forms;
}

/** The forms are byte strings in latin1, so that base64 alphabets and raw UTF-8 mix in one set. */
function* spellings(text: string): Iterable<string> {
  const bytes = Buffer.from(text);
  yield bytes.toString("latin1");
  const hex = bytes.toString("hex");
  yield hex;
  yield hex.toUpperCase();
  yield* base64Forms(bytes);
  for (const form of [...jsonForms(text), ...urlForms(text), ...htmlForms(text), ...shellForms(text)]) {
    yield Buffer.from(form).toString("latin1");
  }
}

function partsOf(value: string): readonly string[] {
  const lines = value.split(/\r?\n/);
  if (lines.length === 1) return [value, value.trim()];
  const whole = [value, value.trim(), value.replaceAll(/\r?\n/g, "\r\n"), value.replaceAll("\r\n", "\n")];
  return [...whole, ...lines, ...lines.map((line) => line.trim())].filter(
    (part) => Buffer.byteLength(part) >= fewestBytes,
  );
}

/** Inside longer data the encoding depends on the offset modulo 3; characters that mix in a neighbour are left out. */
function* base64Forms(bytes: Buffer): Iterable<string> {
  for (const shift of [0, 1, 2]) {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
    const from = Math.ceil((shift * 8) / 6);
    const to = Math.floor(((shift + bytes.length) * 8) / 6);
    const stable = text.slice(from, to);
    yield stable;
    yield stable.replaceAll("+", "-").replaceAll("/", "_");
  }
}

function jsonForms(text: string): readonly string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const ascii = plain.replaceAll(/[\u0080-\uffff]/g, unicodeEscape);
  // Go, and so terraform, escapes these three as well.
  const go = plain.replaceAll(/[<>&\u2028\u2029]/g, unicodeEscape);
  return [plain, ascii, ascii.replaceAll(/[<>&]/g, unicodeEscape), go, plain.replaceAll("/", "\\/")].flatMap(
    (form) => [form, JSON.stringify(form).slice(1, -1)],
  );
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function urlForms(text: string): readonly string[] {
  const wellFormed = text.toWellFormed();
  const component = encodeURIComponent(wellFormed);
  const strict = component.replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const form = new URLSearchParams({ "": wellFormed }).toString().slice(1);
  return [component, strict, form, encodeURI(wellFormed)].flatMap((encoded) => [
    encoded,
    encoded.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
  ]);
}

function htmlForms(text: string): readonly string[] {
  const angles = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const quotes = [
    ["&quot;", "'"],
    ["&quot;", "&#39;"],
    ["&quot;", "&#x27;"],
    ["&quot;", "&#039;"],
    ["&quot;", "&apos;"],
    ["&#34;", "&#39;"],
  ] as const;
  return [
    angles,
    ...quotes.map(([double, single]) => angles.replaceAll('"', double).replaceAll("'", single)),
  ];
}

function shellForms(text: string): readonly string[] {
  return [
    text.replaceAll("'", String.raw`'\''`),
    text.replaceAll("'", `'"'"'`),
    text.replaceAll(/[\\"$`]/g, String.raw`\$&`),
    text.replaceAll(/[^\w@%+=:,./\u0080-\uffff-]/g, String.raw`\$&`),
  ];
}
