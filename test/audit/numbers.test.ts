import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { isExact, toJson } from "../../src/model/json.ts";
import { randomFrom } from "../redact/random.ts";

const draw = randomFrom(8785);

/** Any double: each of its bits as likely as the other. */
function anyDouble(): number {
  const bytes = Buffer.from(Array.from({ length: 8 }, () => draw(256)));
  return bytes.readDoubleBE();
}

// prettier-ignore
const edges = [
  0, -0, 5e-324, -5e-324, 2.2250738585072014e-308, Number.MAX_VALUE, Number.EPSILON, 0.1 + 0.2, 1 / 3,
  1e-6, 1e-7, 123456789.123, 2 ** 52 + 0.5, 0.1 ** 6, 2 ** 53 - 1, 2 ** 53,
  1e15, 1e16, 1e20, 1e21, -1e21, 123e18, 1.5e300, 2 ** 68, 333333333.3333332, 0.000001234,
];

const ask = `
import struct, sys
sys.path.insert(0, "verifier")
sys.dont_write_bytecode = True
import verify
for line in sys.stdin:
    value, = struct.unpack(">d", bytes.fromhex(line))
    try: stored = verify.canonical(value)
    except ValueError: stored = "refused"
    print(verify.number(value), stored, verify.canonical(verify.json.loads(stored)) if stored != "refused" else stored)
`;

test("verify.py writes every number as this program does, and refuses the same ones", () => {
  const numbers = [...edges];
  for (const edge of edges) numbers.push(edge * 1.0000000000000002, edge / 3, -edge / 7);
  while (numbers.length < 20_000) numbers.push(anyDouble(), (draw(2 ** 30) - 2 ** 29) / 10 ** draw(20));
  const finite = numbers.filter(Number.isFinite);
  const input = finite.map((value) => {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value);
    return bytes.toString("hex");
  });
  const { stdout, stderr, error } = spawnSync("python3", ["-c", ask], {
    input: input.join("\n"),
    encoding: "utf8",
    maxBuffer: 1e8,
  });
  if (error !== undefined)
    return console.warn("SKIPPED: no python3 here, so its numbers are not compared with ours.");
  expect(stderr).toBe("");
  const written = finite.map((value) => {
    const stored = isExact(value) ? JSON.stringify(toJson(value)) : "refused";
    return `${String(value)} ${stored} ${stored}`;
  });
  expect(stdout.trimEnd().split("\n")).toEqual(written);
});
