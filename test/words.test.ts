import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

/** Names of types that more than one file declares, each with its reason. */
const shared: Readonly<Record<string, string>> = {};

/** Words that say nothing where they stand alone: whoever meets one in another file cannot tell what it is. */
const empty: ReadonlySet<string> = new Set(
  (
    "Advanced Answered Applied Asked Asking Attended Begun Beside Case Changed Choosing Chosen Committed Compared Configured Declared Deciding " +
    "Drawing Drawn End Ended Ending Expected Finished Found Given Granted Inspected Kept Known Labelled Loaded Made Moved Named Near Now Of " +
    "One Opened Part Parts Place Places Played Playing Prepared Questioning Recorded Reported Reviewed Revoking Said Scene Settled Signing " +
    "Started Stored Surroundings Tested Thing Told Typed Updated Wanted Watched Who Word Data Info Item Misc Stuff"
  ).split(" "),
);

/** A type's name, and the files of `src` that declare it. */
function declared(sources: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, Set<string>>();
  for (const [file, text] of sources)
    for (const [, name = ""] of text.matchAll(
      /^(?:export )?(?:declare )?(?:abstract )?(?:type|interface|class|enum) (\w+)(?=[\s<={])/gm,
    ))
      places.set(name, (places.get(name) ?? new Set()).add(file));
  return new Map([...places].map(([name, files]) => [name, [...files]]));
}

function homonyms(names: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return [...names].flatMap(([name, files]) =>
    files.length < 2 || shared[name] !== undefined ? [] : [`${name}: ${files.join(", ")}`],
  );
}

function sayingNothing(names: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return [...names].flatMap(([name, files]) => (empty.has(name) ? [`${name}: ${files.join(", ")}`] : []));
}

// Practice is a product beside the product, with words of AWS and terraform.
const own = declared(
  new Map(
    readdirSync("src", { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.startsWith("practice/"))
      .map((file) => [file, readFileSync(path.join("src", file), "utf8")]),
  ),
);

test("a type's name is declared once, or stands on the list with its reason", () => {
  expect(own.size).toBeGreaterThan(500);
  expect(homonyms(own)).toEqual([]);
  expect(Object.keys(shared).filter((name) => (own.get(name)?.length ?? 0) < 2)).toEqual([]);
});

test("a type's name says what it is also in another file", () => {
  expect(sayingNothing(own)).toEqual([]);
});

test("two files with one name, and a name that says nothing, are found", () => {
  const names = declared(
    new Map([
      ["a.ts", "export interface Twice<T> {\n}\ntype Told = string;\n"],
      ["b.ts", "class Twice {}\nimport {\n  type Told,\n} from './a.ts';\n"],
    ]),
  );
  expect(homonyms(names)).toEqual(["Twice: a.ts, b.ts"]);
  expect(sayingNothing(names)).toEqual(["Told: a.ts"]);
});

/** Words that a tired reader whose first language is not English would have to think about, and what is said instead. */
const odd: Readonly<Record<string, RegExp>> = {
  fix: /\bmend(?:s|ed|ing)?\b/i,
  continue: /\b(?:go(?:es|ing)?|gone|went) on\b/i,
  again: /\banew\b/i,
  "who, or the person who": /\bwhoever\b/i,
};

/** What gates have shown word by word: verification computes it again, so that a record with other words would not verify. */
const shownByGates = ["DESTROY and create anew", "Skip ${name} and go on"];

function oddIn(text: string): readonly string[] {
  const kept = shownByGates
    .reduce((left, words) => left.replaceAll(words, ""), text)
    .replaceAll(/\$\{[^}]*\}/g, "");
  return Object.entries(odd).flatMap(([better, word]) => {
    const found = word.exec(kept);
    return found === null ? [] : [`${found[0]}: say ${better}`];
  });
}

/** The texts between quotes, without what stands in them for a value; a single word is a name. */
function textsIn(code: string): readonly string[] {
  const plain = code.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|\s)\/\/ .*$/gm, "");
  return [...plain.matchAll(/"[^"\n]*"|`[^`]*`/g)].map(([text]) => text).filter((text) => text.includes(" "));
}

test("whatever is printed says it in plain words", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter(
    // A migration is never edited.
    (file) => file.endsWith(".ts") && file !== "store/migrations.ts",
  );
  const found = files.flatMap((file) =>
    textsIn(readFileSync(path.join("src", file), "utf8"))
      .flatMap(oddIn)
      .map((one) => `${file}: ${one}`),
  );
  expect(found).toEqual([]);
});

test("the docs are written in plain words", () => {
  const pages = readdirSync("docs").filter((file) => file.endsWith(".md"));
  const found = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    ...pages.map((page) => `docs/${page}`),
  ].flatMap((file) =>
    readFileSync(file, "utf8")
      .split("\n")
      .flatMap(oddIn)
      .map((one) => `${file}: ${one}`),
  );
  expect(found).toEqual([]);
});

test("an odd word is found in a text, and not in a comment or a name", () => {
  const code = 'const mend = 1; // go on\nsay("Mend it, then go on");\n/** anew */ f("mend");';
  expect(textsIn(code).flatMap(oddIn)).toEqual(["Mend: say fix", "go on: say continue"]);
});
