import { readFile } from "node:fs/promises";
import path from "node:path";
import type { BuildOptions, Metafile, Plugin } from "esbuild";
import { RunbookError } from "../model/error.ts";
import { sha256 } from "../model/json.ts";

/** A file and all that it imports, as one text. */
export interface BundledText {
  readonly text: string;
  /** A source map from the text to the files, named as seen from the directory of the first. */
  readonly map: string;
}

/** What esbuild is told besides the file; part of what a cached text depends on. */
export const bundlerOptions = {
  bundle: true,
  write: false,
  format: "cjs",
  platform: "node",
  target: "node20",
  external: ["runwright", "runwright/*", "zod", "xstate"],
  // Of its own file: positions are no part of what a digest names.
  sourcemap: "external",
  sourcesContent: false,
  metafile: true,
  // What lies around the file must not decide what its text is. Modules are strict code.
  tsconfigRaw: { compilerOptions: { alwaysStrict: true } },
  logLevel: "silent",
} as const satisfies BuildOptions;

export interface FreshBundle extends BundledText {
  /** The files that it was made of, each with the digest of what was read. */
  readonly files: Readonly<Record<string, string>>;
  /** Whether each import names a place beside or below the file that it stands in, so that nothing was searched for. */
  readonly isSelfContained: boolean;
}

/** Bundles a file; throws `RUNBOOK_BROKEN`. */
export async function bundle(file: string): Promise<FreshBundle> {
  const { build } = await import("esbuild");
  const dir = path.dirname(file);
  const files: Record<string, string> = {};
  try {
    const { outputFiles, metafile } = await build({
      ...bundlerOptions,
      external: [...bundlerOptions.external],
      entryPoints: [file],
      // Only texts that do not depend on the machine may be in what a digest names.
      absWorkingDir: dir,
      outfile: path.join(dir, "bundle.cjs"),
      plugins: [noteFiles(files)],
    });
    const contents = (end: string): string => outputFiles.find((one) => one.path.endsWith(end))?.text ?? "";
    return {
      text: contents(".cjs"),
      map: contents(".map"),
      files,
      isSelfContained: isSelfContained(metafile, dir),
    };
  } catch (error) {
    const [first] = (error as { readonly errors?: readonly BundlerMessage[] }).errors ?? [];
    throw broken(file, first === undefined ? String(error) : messageText(first), error);
  }
}

/** Notes exactly what is read: a file may be edited while it is bundled. */
function noteFiles(files: Record<string, string>): Plugin {
  return {
    name: "noting",
    setup: (builder) =>
      builder.onLoad({ filter: /./, namespace: "file" }, async ({ path: file }) => {
        const contents = await readFile(file);
        files[file] = sha256(contents);
        return { contents, loader: "default" };
      }),
  };
}

function isSelfContained({ inputs }: Metafile, dir: string): boolean {
  return Object.entries(inputs).every(([importer, { imports }]) =>
    imports.every(({ path: found, original = "", external }) => {
      const named = path.resolve(dir, path.dirname(importer), original);
      return (
        external === true ||
        (original.startsWith(".") && path.dirname(named) === path.dirname(path.resolve(dir, found)))
      );
    }),
  );
}

/** The error of a file that cannot be used as a runbook. */
export function broken(file: string, why: string, cause?: unknown): RunbookError {
  return new RunbookError(
    "RUNBOOK_BROKEN",
    `\`${path.basename(file)}\` cannot be used as a runbook: ${why}.`,
    { cause, data: { why } },
  );
}

interface BundlerMessage {
  readonly text: string;
  readonly location: { readonly file: string; readonly line: number; readonly column: number } | null;
}

/** Editors and people go to `file:line:column`. */
function messageText({ text, location }: BundlerMessage): string {
  if (location === null) return text;
  return `${text} (${location.file}:${location.line}:${location.column + 1})`;
}
