import { expect, test } from "vitest";
import { writeXml } from "../../../../src/practice/world/protocols/xml.ts";

const body = (value: unknown, item?: string): string =>
  writeXml("R", value, { item }).replace(/^.*\n<R>|<\/R>\n$/g, "");

test("lists have the item element that the protocol wants, or repeat their own", () => {
  expect(body({ a: [1, { b: true }] }, "item")).toBe("<a><item>1</item><item><b>true</b></item></a>");
  expect(body({ a: [1, 2] })).toBe("<a>1</a><a>2</a>");
  expect(body({ a: [] }, "member")).toBe("<a></a>");
});

test("absent values are left out, dates are ISO 8601", () => {
  expect(body({ a: undefined, b: null, c: new Date(0) })).toBe("<c>1970-01-01T00:00:00.000Z</c>");
});

test("text cannot break out, and control characters cannot break the document", () => {
  expect(body({ a: `<b>&"\r\u0000\n` })).toBe("<a>&lt;b&gt;&amp;&quot;&#13;\ufffd\n</a>");
});
