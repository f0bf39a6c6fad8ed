import { existsSync } from "node:fs";
import path from "node:path";
import { RunbookError } from "../../model/error.ts";
import type { Io } from "../io.ts";

/** The place of each form; one of them is given. */
export interface ExportFlags {
  readonly bundle: string | undefined;
  readonly jsonl: string | undefined;
  readonly md: string | undefined;
  readonly html?: string | undefined;
  readonly withhold: readonly string[];
}

/** What is written, and where to. */
export interface ExportDestination {
  readonly form: "bundle" | "jsonl" | "md" | "html";
  /** Null for the terminal. */
  readonly place: string | null;
}

/** The one form that was asked for; throws where it cannot be written there. */
export function formOf({ bundle, jsonl, md, html, withhold }: ExportFlags, io: Io): ExportDestination {
  const given = Object.entries({ bundle, jsonl, md, html }).filter(([, place]) => place !== undefined);
  const [[form, to = ""] = ["", ""]] = given;
  if (given.length !== 1 || !isForm(form))
    throw new RunbookError("USAGE", "An export is one of `--bundle`, `--jsonl`, `--html` and `--md`.");
  if (form === "md" && withhold.length > 0)
    throw new RunbookError(
      "USAGE",
      "From `--md` nothing can be withheld: use `--bundle`, `--jsonl` or `--html`.",
    );
  if (to === "-" && form !== "bundle") return { form, place: null };
  const place = path.resolve(io.cwd, to);
  if (existsSync(place)) throw new RunbookError("FILE_EXISTS", `\`${place}\` is there already.`);
  return { form, place };
}

function isForm(name: string): name is ExportDestination["form"] {
  return ["bundle", "jsonl", "md", "html"].includes(name);
}
