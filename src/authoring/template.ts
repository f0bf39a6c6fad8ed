import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { packageRoot } from "../loader/load.ts";

/** What a new runbook can begin as: directories of `templates/`, which hold whole files. */
export const templates = ["blank", "http", "ecs", "terraform"] as const;
export type Template = (typeof templates)[number];

/** A file to be written; its path is relative to the directory of the author. */
export interface NewFile {
  readonly file: string;
  readonly text: string;
}

const placeholder = "template-name";

/** The files of a template, under the runbook's name. */
export async function fromTemplate(template: Template, name: string): Promise<readonly NewFile[]> {
  const root = path.join(packageRoot(), "templates", template);
  const named = (text: string): string => text.replaceAll(placeholder, name);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return Promise.all(
    files.toSorted().map(async (file) => ({
      file: named(path.relative(root, file)),
      text: named(await readFile(file, "utf8")),
    })),
  );
}

/** The page that every new runbook gets. */
export async function pageFor(name: string): Promise<NewFile> {
  const [page] = (await fromTemplate("blank", name)).filter(({ file }) => file.endsWith(".md"));
  return page ?? { file: path.join("docs", `${name}.md`), text: `# ${name}\n` };
}
