import { expect, test } from "vitest";
import { requestOf, statusOfProbe } from "../../src/report/probes.ts";
import { scribe, started } from "../support/made-events.ts";
import { did, made } from "./made-report.ts";

test("a probe is told by its request, and by why no status came back", () => {
  const told = scribe();
  const url = "https://a.example";
  did(told, "one", { input: { url }, output: { status: 204, error: "" } });
  did(told, "two", { input: { url, method: "HEAD" }, output: { status: null, error: "refused" } });
  did(told, "three", { input: { url }, output: {} });
  told.add("step.started", started("four", "http.probe", { url }));
  told.add("step.failed", {
    step: "four",
    attempt: 1,
    failure: { code: "UNEXPECTED", message: "broken" } as never,
  });
  const { attempts } = made(told).root;
  expect(attempts.slice(0, 2).map(requestOf)).toEqual([`GET ${url}`, `HEAD ${url}`]);
  expect(attempts.map(statusOfProbe)).toEqual(["HTTP 204", "refused", "no answer", "broken"]);
});
