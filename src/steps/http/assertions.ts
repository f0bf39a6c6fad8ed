import { z } from "zod";

/** What a JSON body must hold; a number is compared by its text: `"0.7"`. */
export const jsonExpectation = z.union([
  z.strictObject({ path: z.string().min(1), equals: z.union([z.string(), z.int(), z.boolean()]) }),
  z.strictObject({ path: z.string().min(1), exists: z.literal(true) }),
]);
type JsonExpectation = z.output<typeof jsonExpectation>;

export interface Assertion {
  readonly what: string;
  readonly expected: string;
  readonly got: string;
  readonly pass: boolean;
}

const longest = 200;

export function assertStatus(wanted: readonly number[], got: number): Assertion {
  return {
    what: "status",
    expected: wanted.join(" or "),
    got: String(got),
    pass: wanted.includes(got),
  };
}

export function assertJson(body: string, expectations: readonly JsonExpectation[]): readonly Assertion[] {
  const parsed = parse(body);
  return expectations.map((expectation) => {
    const found = parsed.json ? valueAt(parsed.value, expectation.path) : undefined;
    const got = parsed.json ? textOf(found) : "a body that is not JSON";
    return {
      what: `json ${expectation.path}`,
      got: got.slice(0, longest).toWellFormed(),
      ...judge(expectation, found),
    };
  });
}

function judge(expectation: JsonExpectation, found: unknown): Pick<Assertion, "expected" | "pass"> {
  if ("exists" in expectation) return { expected: "present", pass: found !== undefined };
  const { equals } = expectation;
  const pass = found === equals || (typeof found === "number" && String(found) === equals);
  return { expected: JSON.stringify(equals), pass };
}

function parse(body: string): { readonly json: true; readonly value: unknown } | { readonly json: false } {
  try {
    return { json: true, value: JSON.parse(body) };
  } catch {
    return { json: false };
  }
}

/** Follows `prediction.factors.0.name` or `prediction.factors[0].name`. */
function valueAt(value: unknown, path: string): unknown {
  const keys = path.replaceAll(/\[(\d+)\]/g, ".$1").split(".");
  return keys.reduce<unknown>(
    (at, key) =>
      typeof at === "object" && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined,
    value,
  );
}

function textOf(value: unknown): string {
  return value === undefined ? "absent" : JSON.stringify(value);
}
