import { expect, test } from "vitest";
import { fromTemplate, pageFor, templates } from "../../src/authoring/template.ts";

test.each(templates)(
  "the template %s is a runbook, a test and a page under the new name",
  async (template) => {
    const files = await fromTemplate(template, "my-runbook");
    const names = files.map(({ file }) => file);
    expect(names).toContain("runbooks/my-runbook.ts");
    expect(names).toContain("docs/my-runbook.md");
    expect(names.some((name) => name.startsWith("test/"))).toBe(true);
    expect(JSON.stringify(files)).not.toContain("template-name");
  },
);

test("every new runbook gets the same page", async () => {
  const page = await pageFor("my-runbook");
  expect(page.file).toBe("docs/my-runbook.md");
  expect(page.text).toContain("my-runbook");
});
