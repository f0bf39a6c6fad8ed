import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** The directory of the repository. */
export const root = new URL("../../", import.meta.url).pathname;

export interface Page {
  /** Its path in the repository. */
  readonly file: string;
  readonly text: string;
}

/** A fenced block of code. */
export interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

/** Every page that people read. */
export function pages(): readonly Page[] {
  const docs = readdirSync(path.join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => path.join("docs", name));
  const top = readdirSync(root).filter((name) => name.endsWith(".md"));
  return [...top, ...docs].map(page);
}

export function page(file: string): Page {
  return { file, text: readFileSync(path.join(root, file), "utf8") };
}

export function blocksOf({ file, text }: Page): readonly Block[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = "", code = ""]) => ({
    page: file,
    language,
    text: code,
  }));
}

/** The parts of a page under headings of one level, by heading. */
export function sectionsOf({ text }: Page, level: number): ReadonlyMap<string, string> {
  const mark = `${"#".repeat(level)} `;
  const parts = text.split(new RegExp(`^${mark}`, "m")).slice(1);
  return new Map(
    parts.map((part) => {
      const [heading = "", ...rest] = part.split("\n");
      const above = new RegExp(`^#{1,${level}} `, "m");
      return [heading.replaceAll("`", "").trim(), (rest.join("\n").split(above)[0] ?? "").trim()];
    }),
  );
}

/** Anchors as GitHub makes them from headings. */
export function anchorsOf({ text }: Page): ReadonlySet<string> {
  const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, "");
  const headings = [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .trim()
        .replaceAll(" ", "-"),
    ),
  );
}
