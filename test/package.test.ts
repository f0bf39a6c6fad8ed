/** What is installed: the size and content of what `npm pack` takes of the built program. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";

const Packed = z.tuple([
  z.object({ unpackedSize: z.int(), files: z.array(z.object({ path: z.string() })).min(1) }),
]);
const most = 8_000_000;
const built = readdirSync("dist", { recursive: true, encoding: "utf8" });
const read = (name: string) => readFileSync(path.join("dist", name), "utf8");

test("the package takes at most 8 MB unpacked", () => {
  const [{ unpackedSize, files }] = Packed.parse(
    JSON.parse(
      execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
        encoding: "utf8",
        stdio: "pipe",
      }),
    ),
  );
  expect(files.map((file) => file.path)).toContain("dist/cli/runwright.cjs");
  expect(unpackedSize).toBeLessThanOrEqual(most);
});

test("what is bundled of a package is there once, for the program and for the practice world together", () => {
  const clients = built
    .filter((name) => name.endsWith(".js"))
    .flatMap((name) => [...read(name).matchAll(/serviceId \?\? "([\w ]+)"|serviceId\?\?"([\w ]+)"/g)])
    .map(([, spaced, plain]) => spaced ?? plain ?? "");
  expect(clients).toContain("EC2");
  // The SDK itself has two clients of STS, one of them for its credentials.
  expect(clients.toSorted()).toEqual([...new Set(clients), "STS"].toSorted());
});

test("source maps are those of our files, without a copy of them", () => {
  const maps = built
    .filter((name) => name.endsWith(".map"))
    .map((name) => ({
      name,
      map: z.looseObject({ sources: z.array(z.string()) }).parse(JSON.parse(read(name))),
    }));
  expect(maps.flatMap(({ map }) => map.sources)).toContainEqual(
    expect.stringMatching(/src\/engine\/drive\.ts$/),
  );
  expect(maps.filter(({ map }) => "sourcesContent" in map).map(({ name }) => name)).toEqual([]);
  const foreign = maps.filter(
    ({ map: { sources } }) =>
      sources.length > 0 && sources.every((source) => source.includes("node_modules/")),
  );
  expect(foreign.map(({ name }) => name)).toEqual([]);
});
