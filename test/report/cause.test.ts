import { expect, test } from "vitest";
import { cause } from "../../src/report/cause.ts";
import { scribe } from "../support/made-events.ts";
import { did, made } from "./made-report.ts";

const url = "https://api.example/health";

function probe(scribed: ReturnType<typeof scribe>, step: string, isOk: boolean, of = url): void {
  const output = { ok: isOk, status: isOk ? 200 : 503, elapsedMs: 5, attempts: 1, assertions: [] };
  did(scribed, step, { kind: "http.probe", input: { url: of }, output });
}

async function told(tell: (scribed: ReturnType<typeof scribe>) => void): Promise<string> {
  const scribed = scribe();
  tell(scribed);
  return (await cause(made(scribed))).join("\n");
}

test("the impact is what was seen before the first change, until the same request was answered again", async () => {
  const text = await told((scribed) => {
    probe(scribed, "symptom", false);
    did(scribed, "act", { effect: "write" });
    probe(scribed, "other", true, "https://other.example");
    probe(scribed, "mended", true);
  });
  expect(text).toContain("HTTP 503 in 5 ms, NOT as expected (`#3`)");
  expect(text).toMatch(
    /first seen to fail at .* UTC and first seen to be answered as expected at .* UTC \(`#9`\), 6\.0s later/,
  );
  expect(text).toContain("When it began to fail is not in this record.");
});

test("a look after the first change is no impact, and a symptom that never ended is told so", async () => {
  const late = await told((scribed) => {
    did(scribed, "act", { effect: "write" });
    probe(scribed, "symptom", false);
  });
  expect(late).toContain("recorded no look at the symptom before it changed anything");
  const never = await told((scribed) => probe(scribed, "symptom", false));
  expect(never).toContain(`The record does not show that \`GET ${url}\` was ever answered as expected.`);
});

test("a finding stands beside its evidence; without any it says so, and a guess is called one", async () => {
  const text = await told((scribed) => {
    scribed.add("finding.recorded", { text: "a guess", status: "hypothesis", step: "look" });
    did(scribed, "look");
    scribed.add("finding.recorded", { text: "seen", status: "confirmed", step: "look" });
  });
  expect(text).toContain("| **HYPOTHESIS** | a guess | `look` | NONE |");
  expect(text).toContain("| confirmed | seen | `look` | `#4` |");
});
