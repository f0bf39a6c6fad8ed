import { expect, test } from "vitest";
import { beforeAndAfter } from "../../src/report/before-after.ts";
import { scribe } from "../support/made-events.ts";
import { did, made } from "./made-report.ts";

type Act = (told: ReturnType<typeof scribe>) => void;

const change: Act = (told) => did(told, "act", { effect: "write" });
const probe =
  (status: number): Act =>
  (told) =>
    did(told, `probe${told.events.length}`, {
      kind: "http.probe",
      input: { url: "https://a.example" },
      output: { status },
    });
const secrets =
  (revision: number, names: readonly string[]): Act =>
  (told) =>
    did(told, `task${told.events.length}`, {
      kind: "ecs.describe-task-definition",
      output: { family: "api", arn: `arn:aws:ecs:x:1:task-definition/api:${revision}`, secrets: names },
    });
const ingress =
  (isAdmitted: boolean): Act =>
  (told) =>
    did(told, `rule${told.events.length}`, {
      kind: "ec2.security-group-ingress",
      output: {
        group: "sg-1",
        source: "sg-2",
        port: 443,
        admitted: isAdmitted,
        ruleIds: isAdmitted ? ["r-1"] : [],
        rules: 1,
      },
    });

async function told(...acts: readonly Act[]): Promise<string> {
  const scribed = scribe();
  for (const act of acts) act(scribed);
  return (await beforeAndAfter(made(scribed))).join("\n");
}

test("the first look before a change stands beside the last one after it", async () => {
  const text = await told(probe(503), probe(502), change, probe(500), probe(200));
  expect(text).toContain("| `GET https://a.example` | HTTP 503 (`#3`) | HTTP 200 (`#11`) |");
});

test("what was looked at only once, or only after the change, is not compared", async () => {
  const none = "Nothing was looked at both before a change and after it.";
  expect(await told(probe(503), change)).toContain(none);
  expect(await told(change, probe(503), probe(200))).toContain(none);
});

test("a secret is told as added, removed or the same", async () => {
  const text = await told(secrets(1, ["A", "B"]), change, secrets(2, ["B", "C"]));
  expect(text).toContain("before: `api:1` (`#3`) | after: `api:2` (`#7`)");
  expect(text).toContain("| `A` | yes | no | **REMOVED** |");
  expect(text).toContain("| `B` | yes | yes | same |");
  expect(text).toContain("| `C` | no | yes | **added** |");
  expect(await told(secrets(1, []), change, secrets(2, []))).toContain("Neither revision has any.");
});

test("whether a group admits is told with the rules that do", async () => {
  const text = await told(ingress(false), change, ingress(true));
  expect(text).toContain("| before | `sg-1` | `sg-2` | 443 | **no** | none | 1 | `#3` |");
  expect(text).toContain("| after | `sg-1` | `sg-2` | 443 | **yes** | `r-1` | 1 | `#7` |");
});
