import { describe, expect, test } from "vitest";
import { Secret } from "../../src/model/secret.ts";
import { formsOf } from "../../src/redact/forms.ts";
import { createRedactor, type Redactor } from "../../src/redact/redactor.ts";
import { randomFrom } from "./random.ts";

const plain = "canary-one-Zq8";
const awkward = `p"a'<s>&w$\`rd\\/ é+~*`;
const lines = "-----first line of it-----\nSecond+line/of=it==\nthird\n";

function knowing(...values: readonly string[]): Redactor {
  const redactor = createRedactor();
  for (const [index, value] of values.entries()) redactor.add(new Secret(`S${index}`, value));
  return redactor;
}

function inPieces(redactor: Redactor, data: Buffer, cuts: readonly number[]): string {
  const stream = redactor.stream();
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const cut of [...cuts, data.length]) {
    // One buffer for all chunks, as a reader of files has it.
    pieces.push(Buffer.from(stream.push(data.subarray(from, cut))));
    from = cut;
  }
  pieces.push(stream.end());
  return Buffer.concat(pieces).toString("latin1");
}

function read(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

describe("text", () => {
  test("a secret is replaced by its name", () => {
    expect(knowing(plain).text(`a ${plain} b ${plain}`)).toBe("a [secret S0] b [secret S0]");
  });

  test("text without a secret comes back as it was, half surrogate pairs included", () => {
    expect(knowing(plain).text("a \ud800 b canary-one")).toBe("a \ud800 b canary-one");
    expect(createRedactor().text("x")).toBe("x");
  });

  test.each([
    ["JSON", JSON.stringify({ a: awkward })],
    ["JSON in JSON", JSON.stringify({ a: JSON.stringify({ b: awkward }) })],
    [
      "JSON as Go writes it",
      JSON.stringify(awkward).replaceAll(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
    ],
    ["JSON in ASCII", JSON.stringify(awkward).replaceAll("é", "\\u00e9")],
    ["a URL", encodeURIComponent(awkward)],
    ["a URL in lower case", encodeURIComponent(awkward).replaceAll(/%../g, (escape) => escape.toLowerCase())],
    ["a form", new URLSearchParams({ a: awkward }).toString()],
    ["HTML", "p&quot;a&#39;&lt;s&gt;&amp;w$`rd\\/ é+~*"],
    ["hex", Buffer.from(awkward).toString("hex")],
    ["hex in capitals", Buffer.from(awkward).toString("hex").toUpperCase()],
    ["single quotes", `'${awkward.replaceAll("'", String.raw`'\''`)}'`],
    ["double quotes", `"${awkward.replaceAll(/[\\"$`]/g, String.raw`\$&`)}"`],
  ])("a secret is found in %s", (_name, text) => {
    const redacted = knowing(awkward).text(`before ${text} after`);
    expect(redacted).toContain("[secret S0]");
    expect(redacted).not.toMatch(/rd|%72%64|7264/);
  });

  test.each([0, 1, 2])("a secret is found in base64 that begins %i bytes before it", (shift) => {
    const bytes = Buffer.concat([Buffer.from("xyz".slice(0, shift)), Buffer.from(`${awkward}ÿ~~~`)]);
    for (const encoding of ["base64", "base64url"] as const) {
      expect(knowing(awkward).text(bytes.toString(encoding))).toContain("[secret S0]");
    }
  });

  test("each line of a secret of several lines is replaced on its own", () => {
    const redactor = knowing(lines);
    expect(redactor.text("x Second+line/of=it== y")).toBe("x [secret S0] y");
    expect(redactor.text("a third of it")).toBe("a third of it");
    expect(redactor.text(lines)).toBe("[secret S0]");
  });

  test("the leftmost and then the longest secret is replaced", () => {
    const redactor = knowing("abcdef", "abcdefgh", "efghijkl");
    expect(redactor.text("abcdefghijkl abcdefg")).toBe("[secret S1]ijkl [secret S0]g");
  });

  test("a secret of fewer than six bytes is refused", () => {
    expect(() => knowing("12345 ")).toThrow(/secret S0 has 5 bytes/);
    expect(() => knowing("ééé")).not.toThrow();
  });
});

test("all strings of a value are redacted, keys included", () => {
  const value = { [plain]: [plain, 1, null, { a: `x${plain}` }] };
  expect(knowing(plain).json(value)).toEqual({
    "[secret S0]": ["[secret S0]", 1, null, { a: "x[secret S0]" }],
  });
});

describe("a stream", () => {
  test("a secret made known while it runs is replaced from then on", () => {
    const redactor = createRedactor();
    const stream = redactor.stream();
    expect(read(stream.push(Buffer.from(`${plain} `)))).toBe(`${plain} `);
    redactor.add(new Secret("A", plain));
    expect(read(stream.push(Buffer.from(`${plain} cana`)))).toBe("[secret A] ");
    redactor.add(new Secret("B", "canary-two"));
    expect(read(stream.push(Buffer.from("ry-two!")))).toBe("[secret B]!");
    expect(read(stream.end())).toBe("");
  });

  test("only bytes that may become a secret are held back", () => {
    const stream = knowing(plain).stream();
    expect(Buffer.from(stream.push(Buffer.from("progress: 10 %"))).toString()).toBe("progress: 10 %");
    expect(Buffer.from(stream.push(Buffer.from("x canary-o"))).toString()).toBe("x ");
    expect(Buffer.from(stream.end()).toString()).toBe("canary-o");
  });

  const secrets = [plain, awkward, lines, "abcabcabcabd", "bcabcabd!!"];
  const all = secrets.flatMap((secret) => [...formsOf(secret)]);
  const sample = (random: (below: number) => number): Buffer => {
    const filler = ["abc", "x", " ", "\n", "canary-", "YWJj", "%22", "é", "-----", "&quot;", "\\"];
    const parts = Array.from({ length: 12 }, () =>
      random(3) === 0 ? (all[random(all.length)] ?? "") : (filler[random(filler.length)] ?? ""),
    );
    return Buffer.from(parts.join(""), "latin1");
  };
  const leaks = (text: string): number => all.filter((form) => text.includes(form)).length;

  test("20,000 random splits leak nothing and change nothing", () => {
    const random = randomFrom(20_260_701);
    const redactor = knowing(...secrets);
    let leaked = 0;
    let different = 0;
    for (let round = 0; round < 20_000; round++) {
      const data = sample(random);
      const cuts = Array.from({ length: 1 + random(6) }, () => random(data.length + 1)).toSorted(
        (a, b) => a - b,
      );
      const whole = inPieces(redactor, data, []);
      const split = inPieces(redactor, data, cuts);
      leaked += leaks(split);
      if (split !== whole) different++;
    }
    expect({ leaked, different }).toEqual({ leaked: 0, different: 0 });
  });

  test("the same harness sees the leaks of redacting chunk by chunk", () => {
    const random = randomFrom(20_260_701);
    const redactor = knowing(...secrets);
    let leaked = 0;
    for (let round = 0; round < 500; round++) {
      const data = sample(random);
      const cut = random(data.length + 1);
      const halves = [data.subarray(0, cut), data.subarray(cut)].map((half) => inPieces(redactor, half, []));
      if (leaks(halves.join("")) > 0) leaked++;
    }
    expect(leaked).toBeGreaterThan(50);
  });

  test("the fast path finds what a search at every place finds", () => {
    const random = randomFrom(7);
    const redactor = knowing("aabbab", "babaabb");
    for (let round = 0; round < 5_000; round++) {
      const text = Array.from({ length: 40 }, () => "aabb-"[random(5)]).join("");
      expect(redactor.text(text)).toBe(
        text.replaceAll(/babaabb|aabbab/g, (hit) => (hit === "aabbab" ? "[secret S0]" : "[secret S1]")),
      );
    }
  });
});
