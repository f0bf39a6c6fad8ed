import path from "node:path";
import { readFileSync } from "node:fs";
import { build } from "esbuild";

/** A change of one line of `src`, for a control that must fail. */
export interface Breakage {
  readonly file: string;
  readonly changes: readonly (readonly [from: string, to: string])[];
}

/** Bundles the engine that is recorded, as it is or broken on purpose; Node 20 runs no TypeScript. */
export async function buildEngine(name: string, breakage?: Breakage): Promise<string> {
  const outfile = path.resolve(`node_modules/.cache/runwright/crash/${name}-${process.pid}.mjs`);
  await build({
    entryPoints: [path.resolve("test/crash/engine.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    logLevel: "error",
    plugins: breakage === undefined ? [] : [{ name: "break", setup: (builder) => apply(builder, breakage) }],
  });
  return outfile;
}

function apply(
  builder: Parameters<NonNullable<Parameters<typeof build>[0]["plugins"]>[number]["setup"]>[0],
  { file, changes }: Breakage,
): void {
  const place = path.resolve(file);
  builder.onLoad({ filter: /\.ts$/ }, (args) => {
    if (args.path !== place) return undefined;
    const contents = changes.reduce(
      (text, [from, to]) => {
        if (!text.includes(from)) throw new Error(`${file} has no \`${from}\` any more.`);
        return text.replace(from, to);
      },
      readFileSync(place, "utf8"),
    );
    return { contents, loader: "ts" };
  });
}
