import { readFile } from "node:fs/promises";
import path from "node:path";
import { packageRoot } from "../../loader/load.ts";

/** The hand-written parts of a page, which come with the package. */
export async function pageFile(name: "style.css" | "run.css" | "scrub.js"): Promise<string> {
  return readFile(path.join(packageRoot(), "page", name), "utf8");
}
