/** A writer for the XML of AWS's answers. It needs no attributes but the root's name space. */
import { escapeMarkup } from "../../../model/markup.ts";
import { isRecord } from "../account/input.ts";

export interface XmlStyle {
  /** The element around each item of a list; undefined repeats the list's own element. */
  readonly item: string | undefined;
  readonly namespace?: string;
}

export function writeXml(root: string, value: unknown, style: XmlStyle): string {
  const attribute = style.namespace === undefined ? "" : ` xmlns="${escapeXml(style.namespace)}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attribute}>${content(value, style.item)}</${root}>\n`;
}

function element(name: string, value: unknown, item: string | undefined): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value) && item === undefined)
    return value.map((each) => element(name, each, item)).join("");
  return `<${name}>${content(value, item)}</${name}>`;
}

function content(value: unknown, item: string | undefined): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((each) => element(item ?? "member", each, item)).join("");
  if (isRecord(value)) {
    return Object.entries(value)
      .map(([name, each]) => element(name, each, item))
      .join("");
  }
  return escapeXml(String(value));
}

function escapeXml(value: string): string {
  // Line ends are written as entities because a reader would otherwise normalise them; other controls cannot be in XML 1.0.
  return escapeMarkup(value)
    .replace(/\r/g, "&#13;")
    .replace(/(?![\t\n])\p{Cc}/gu, "\ufffd");
}
