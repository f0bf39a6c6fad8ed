import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Diagnostic, failure, type Range, type Snippet } from "../terminal/diagnostic.ts";

/** The attributes of one resource instance, by terraform's names. */
export type Attributes = Readonly<Record<string, unknown>>;

const Wanted = z.strictObject({
  address: z.string().regex(/^[a-z0-9_]+\.[a-z0-9_]+$/),
  values: z.record(z.string(), z.unknown()),
  ignore_changes: z.array(z.string()).default([]),
  sensitive: z.array(z.string()).default([]),
});

const Config = z.strictObject({
  comment: z.string().optional(),
  backend: z.strictObject({ bucket: z.string(), key: z.string(), region: z.string() }),
  resources: z.array(Wanted),
  outputs: z.record(z.string(), z.string()),
});

/** One resource that the configuration asks for. */
export type Wanted = z.infer<typeof Wanted>;
/** What the directory's `stand-in.json` says in place of the .tf files. */
export type Config = z.infer<typeof Config>;

export function readConfig(dir: string): Config {
  try {
    return Config.parse(JSON.parse(readFileSync(join(dir, "stand-in.json"), "utf8")));
  } catch (cause) {
    throw failure(
      "The stand-in terraform cannot read this directory",
      `It reads stand-in.json beside the .tf files: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  }
}

/** An address in the parts that the `-json` stream shows. */
export function resourceOf(address: string) {
  const [type = "", name = ""] = address.split(".");
  return {
    addr: address,
    module: "",
    resource: address,
    implied_provider: type.split("_")[0] ?? "",
    resource_type: type,
    resource_name: name,
    resource_key: null,
  };
}

/** Adds the place of the resource's block in the .tf files. */
export function located(dir: string, address: string, diagnostic: Diagnostic): Diagnostic {
  const { resource_type: type, resource_name: name } = resourceOf(address);
  const context = `resource "${type}" "${name}"`;
  for (const filename of readdirSync(dir).filter((file) => file.endsWith(".tf"))) {
    const text = readFileSync(join(dir, filename), "utf8");
    const byte = text.indexOf(`${context} {`);
    if (byte >= 0) return { ...diagnostic, address, ...place(filename, text, byte, context) };
  }
  return { ...diagnostic, address };
}

function place(
  filename: string,
  text: string,
  byte: number,
  context: string,
): { range: Range; snippet: Snippet } {
  const line = text.slice(0, byte).split("\n").length;
  const brace = context.length + 1;
  return {
    range: {
      filename,
      start: { line, column: brace + 1, byte: byte + brace },
      end: { line, column: brace + 2, byte: byte + brace + 1 },
    },
    snippet: {
      context,
      code: `${context} {`,
      start_line: line,
      highlight_start_offset: brace,
      highlight_end_offset: brace + 1,
      values: [],
    },
  };
}
