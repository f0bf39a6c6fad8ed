import { expect, test } from "vitest";
import type { z } from "zod";
import * as exported from "../../src/steps/index.ts";
import type { AnyStep } from "../../src/model/step.ts";
import { catalogue } from "../../src/model/catalogue.ts";
import { page, sectionsOf } from "./pages.ts";
import { callsIn, codesIn, evidenceIn, ownSource, wholeSource } from "./step-sources.ts";

const steps: readonly AnyStep[] = Object.values(exported).filter((value) => typeof value === "object");
const sections = sectionsOf(page("docs/steps.md"), 2);

/** The names of an object's fields, or of the objects that it may be. */
function fieldsOf(schema: z.core.$ZodType): readonly string[] {
  const { shape, options } = schema as {
    readonly shape?: Readonly<Record<string, unknown>>;
    readonly options?: readonly z.core.$ZodType[];
  };
  return shape === undefined ? (options ?? []).flatMap(fieldsOf) : Object.keys(shape);
}

/** The words in backticks of the paragraph or list that begins with `title`. */
function namesIn(section: string, title: string): readonly string[] {
  const [, text = ""] = section.split(`**${title}**`);
  const [part = ""] = text.split(/\n\n\*\*/);
  return [...part.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
}

test("the page of steps has one section for each step kind", () => {
  const kinds = [...sections.keys()].filter((heading) => heading.includes("."));
  expect(kinds.toSorted()).toEqual(steps.map(({ kind }) => kind).toSorted());
});

test.each(steps.map((step) => [step.kind, step] as const))(
  "the section of %s says its effect, risk and time limit",
  (kind, { effect, risk, timeout }) => {
    const facts = `Effect: ${effect}. Risk: ${risk}. Timeout: ${timeout ?? "none"}.`;
    expect(sections.get(kind)).toContain(facts);
  },
);

test.each(steps.map((step) => [step.kind, step] as const))(
  "the section of %s names every field of its input and output",
  (kind, step) => {
    const section = sections.get(kind) ?? "";
    for (const [title, schema] of [
      ["Input", step.input],
      ["Output", step.output],
    ] as const) {
      const named = namesIn(section, title);
      const missing = fieldsOf(schema).filter((field) => !named.includes(field));
      expect({ title, missing }).toEqual({ title, missing: [] });
    }
  },
);

const machineSteps = steps.filter(({ effect }) => effect !== "human");
const machineKinds = machineSteps.map((step) => [step.kind, step] as const);

test.each(machineKinds)("the section of %s has a probe exactly where the code has one", (kind, step) => {
  expect(sections.get(kind)?.includes("**Probe**")).toBe(step.probe !== undefined);
});

/** What the step's context throws, by the call that it throws from. */
const fromContext: Readonly<Record<string, RegExp>> = {
  ALREADY_CLAIMED: /\.claim\(/,
  SECRET_MISSING: /\.secret\(/,
  TERRAFORM_MISSING: /\.tool\(/,
};

test.each(machineKinds)("the section of %s names the errors that its code throws", (kind, step) => {
  const named = namesIn(sections.get(kind) ?? "", "Errors").filter((name) => /^[A-Z_]+$/.test(name));
  expect(named.filter((code) => !Object.keys(catalogue).includes(code))).toEqual([]);
  const whole = wholeSource(step);
  const thrown = (code: string) => fromContext[code]?.test(whole) ?? whole.includes(`"${code}"`);
  expect(named.filter((code) => !thrown(code))).toEqual([]);
  const section = sections.get(kind) ?? "";
  expect(codesIn(ownSource(step)).filter((code) => !section.includes(code))).toEqual([]);
});

test.each(machineKinds)("the section of %s names the evidence that its code keeps", (kind, step) => {
  const named = namesIn(sections.get(kind) ?? "", "Evidence").filter((name) =>
    /\.(json|jsonl|txt)$/.test(name),
  );
  expect(named.length > 0).toBe(!sections.get(kind)?.includes("**Evidence** none"));
  expect(evidenceIn(ownSource(step)).filter((name) => !named.includes(name))).toEqual([]);
  const whole = wholeSource(step);
  const made = named.filter((name) => !whole.includes(`"${name}"`) && !isDerived(name, whole));
  expect(made).toEqual([]);
});

/** `plan.command.json` is made of a command's name, and `response-1.txt` of a number. */
function isDerived(name: string, source: string): boolean {
  const [first = "", ...rest] = name.replace("response-N", "response-${").split(".");
  const ending = rest.join(".");
  return first.startsWith("response-") ? source.includes(`\`${first}`) : source.includes(`}.${ending}\``);
}

test.each(machineKinds)("the section of %s names the AWS operations that its code calls", (kind, step) => {
  const actions = namesIn(sections.get(kind) ?? "", "IAM actions").filter((name) => name.includes(":"));
  const operations = actions.map((name) => name.split(":")[1] ?? "");
  const called = callsIn(wholeSource(step));
  expect(operations.filter((name) => !called.includes(name))).toEqual([]);
  // What several steps share can do more than each of them does.
  expect(callsIn(ownSource(step)).filter((name) => !operations.includes(name))).toEqual([]);
});
