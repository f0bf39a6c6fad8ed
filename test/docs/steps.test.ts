import { expect, test } from "vitest";
import type { z } from "zod";
import * as exported from "../../src/steps/index.ts";
import type { AnyStep } from "../../src/model/step.ts";
import { page, sectionsOf } from "./pages.ts";

const steps: readonly AnyStep[] = Object.values(exported).filter((value) => typeof value === "object");
const sections = sectionsOf(page("docs/steps.md"), 2);

/** The names of an object's fields, or of the objects that it may be. */
function fieldsOf(schema: z.ZodType): readonly string[] {
  const { shape, options } = schema as {
    readonly shape?: Readonly<Record<string, unknown>>;
    readonly options?: readonly z.ZodType[];
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
