import { expect, test } from "vitest";
import { anchorOf, htmlOf } from "../../src/report/html.ts";
import { bullets, code, fence, table, text } from "../../src/report/markdown.ts";

test("each block that the report writes becomes its element", () => {
  expect(htmlOf("## Root cause")).toBe('<h2 id="root-cause">Root cause</h2>');
  expect(htmlOf(bullets(["**a**", code("b")]))).toBe(
    "<ul><li><strong>a</strong></li><li><code>b</code></li></ul>",
  );
  expect(htmlOf(fence("a < b"))).toBe('<pre tabindex="0">a &lt; b</pre>');
  expect(htmlOf("> Careful")).toBe('<p class="warning">Careful</p>');
  expect(htmlOf(table(["A"], [["1"]]))).toBe(
    '<div class="wide" tabindex="0"><table><thead><tr><th scope="col">A</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table></div>',
  );
});

test("a table without titles has no head, and a recorded vertical bar parts no cells", () => {
  const html = htmlOf(table(["", ""], [["a", text("b|c")]]));
  expect(html).not.toContain("<thead>");
  expect(html).toContain("<td>a</td><td>b&#124;c</td>");
});

test("only a section can be linked to, so that no recorded name can take its place", () => {
  expect(htmlOf("### Summary")).toBe("<h3>Summary</h3>");
  expect(anchorOf("What was shown?")).toBe("what-was-shown");
});

test("recorded text never becomes an element", () => {
  for (const recorded of [
    "<img src=x onerror=alert(1)>",
    "</pre><script>",
    "[a](javascript:b)",
    "**bold**",
    "`x`",
  ]) {
    for (const block of [text(recorded), code(recorded), fence(recorded), table([text(recorded)], [])]) {
      expect(htmlOf(block)).not.toMatch(/<(?!\/?(p|code|pre|div|table|thead|tbody|tr|th)\b)/);
    }
  }
  expect(htmlOf("an **unended mark")).toBe("<p>an <strong>unended mark</strong></p>");
});

test("the name of an event leads to its place where the page has one", () => {
  const look = { placeOf: (name: string) => (name === "#12" ? "event-12" : undefined) };
  expect(htmlOf(code("#12"), look)).toBe('<p><a href="#event-12"><code>#12</code></a></p>');
  expect(htmlOf(code("#13"), look)).toBe("<p><code>#13</code></p>");
  expect(htmlOf(code("#12"))).toBe("<p><code>#12</code></p>");
});
