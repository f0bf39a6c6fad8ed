import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

/** Who may import whom inside src; `types` may be imported as types only. What stands alone is a file of `src`. */
const layers: Readonly<
  Record<string, { readonly may: readonly string[]; readonly types?: readonly string[] }>
> = {
  model: { may: [] },
  system: { may: ["model"] },
  redact: { may: ["model"] },
  process: { may: ["model", "redact", "system"] },
  steps: { may: ["model", "system"] },
  runbook: { may: ["model", "steps/human-confirm.ts", "steps/human-decide.ts", "steps/human-input.ts"] },
  engine: { may: ["model", "runbook", "graph/covers.ts"] },
  store: { may: ["model", "system"], types: ["engine"] },
  host: { may: ["model", "engine", "process", "redact", "store", "system"], types: ["runbook"] },
  loader: {
    may: ["model", "system", "index.ts", "steps/index.ts", "runbook/source-locations.ts"],
    types: ["runbook"],
  },
  timeline: { may: ["model"] },
  graph: { may: ["model", "runbook"] },
  check: { may: ["model", "runbook", "graph", "loader", "process/run-quick.ts"] },
  instruct: { may: ["model", "graph"], types: ["runbook"] },
  authoring: { may: ["model", "loader", "steps/index.ts"], types: ["testing"] },
  audit: { may: ["model"] },
  report: { may: ["model", "redact/visible.ts"] },
  page: { may: ["model", "timeline", "graph", "report", "redact/visible.ts"], types: ["engine"] },
  practice: { may: ["model", "engine/scripted-answers.ts"], types: ["engine", "runbook"] },
  "practice/world": { may: ["model", "practice/world"] },
  "practice/terraform": { may: ["model", "system", "practice/terraform"] },
  runs: {
    may: [
      "model",
      "engine",
      "store",
      "audit",
      "host",
      "loader",
      "graph",
      "process",
      "redact",
      "system",
      "steps/aws/identity.ts",
    ],
    types: ["runbook"],
  },
  cli: {
    may: [
      "model",
      "runs",
      "engine",
      "runbook",
      "steps",
      "store",
      "audit",
      "host",
      "loader",
      "graph",
      "check",
      "testing",
      "authoring",
      "instruct",
      "timeline",
      "report",
      "page",
      "practice",
      "process",
      "redact",
      "system",
    ],
  },
  testing: { may: ["model", "engine", "graph", "check", "loader", "store"], types: ["runbook"] },
  "index.ts": { may: ["model", "runbook"], types: ["practice"] },
};

/** Where a package may be imported; elsewhere not even lazily. */
const packages: readonly (readonly [RegExp, RegExp])[] = [
  [
    /^xstate$/,
    /^(runbook\/(actors|compile|context-updates|effects-as-actions|from-machine|roles|state-compiler)|engine\/machine|loader\/evaluate)\.ts$/,
  ],
  [/^better-sqlite3$/, /^store\/database\.ts$/],
  [/^execa$/, /^process\//],
  [/^inquirer$/, /^cli\/terminal\/prompts\.ts$/],
  [/^esbuild$/, /^loader\//],
  [/^string-width$/, /^model\/display-width\.ts$/],
  [/^@aws-sdk\//, /^(steps|practice\/terraform)\//],
  [/commander/, /^cli\//],
];

/** Folders that import each other, types too: at most three pairs, each with its reason. */
const mutual: Readonly<Record<string, string>> = {};

/** What only the edge touches. */
const edge = /^(cli\/|practice\/|.*\/main\.ts$)/;
const ambient = /\bprocess\.(exit|env|exitCode)\b|\bconsole\.|\bDate\.now\(/;
/** Exceptions, each with its reason. */
const ambientToo: Readonly<Record<string, RegExp>> = {
  // When a process began is known only from the clock of the machine that runs it.
  "process/follow.ts": /\bDate\.now\(/,
  // A test or a script of an author's has no edge of its own.
  "testing/load.ts": /\bprocess\.env\b/,
  "check/check.ts": /\bprocess\.env\b/,
  // Only the age of files in the cache is measured.
  "loader/cache.ts": /\bDate\.now\(/,
  // Where terraform keeps a directory's backend is a setting of the environment that it runs in.
  "steps/terraform/backend.ts": /\bprocess\.env\["TF_DATA_DIR"\]/,
};

interface Import {
  readonly to: string;
  readonly isType: boolean;
}

const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".ts"),
);
const sources = new Map(files.map((name) => [name, codeOf(readFileSync(path.join("src", name), "utf8"))]));

function codeOf(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
}

function importsOf(name: string): readonly Import[] {
  const code = sources.get(name) ?? "";
  const written = [...code.matchAll(/^(?:import|export)\s+(type\s)?([^"';]*?)\s*from\s+"([^"]+)"/gm)];
  const bare = [...code.matchAll(/^import\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm)];
  return [
    ...written.map(([, type, names = "", to = ""]) => ({
      to: target(name, to),
      isType: type !== undefined || isOnlyTypes(names),
    })),
    ...bare.map(([, plain, lazy]) => ({ to: target(name, plain ?? lazy ?? ""), isType: false })),
  ];
}

function isOnlyTypes(names: string): boolean {
  const listed = /^\{([\s\S]*)\}$/.exec(names.trim())?.[1];
  return (
    listed !== undefined &&
    listed.split(",").every((one) => one.trim() === "" || one.trim().startsWith("type "))
  );
}

function target(from: string, to: string): string {
  return to.startsWith(".") ? path.join(path.dirname(from), to) : to;
}

function layerOf(name: string): string {
  return (
    Object.keys(layers)
      .toSorted((one, other) => other.length - one.length)
      .find((layer) => isIn(name, layer)) ?? "?"
  );
}

function isIn(name: string, place: string): boolean {
  return name === place || name.startsWith(`${place}/`);
}

test("each layer imports only what it may", () => {
  const wrong = files.flatMap((from) => {
    const layer = layerOf(from);
    const { may, types = [] } = layers[layer] ?? { may: [] };
    return importsOf(from)
      .filter(({ to }) => sources.has(to) && !isIn(to, layer))
      .filter(({ to, isType }) => ![...may, ...(isType ? types : [])].some((place) => isIn(to, place)))
      .map(({ to }) => `${from} -> ${to}`);
  });
  expect(wrong).toEqual([]);
});

test("each package is imported where it belongs", () => {
  const wrong = files.flatMap((from) =>
    importsOf(from)
      .filter(({ to, isType }) => {
        const [, where] = packages.find(([name]) => name.test(to)) ?? [];
        if (isType && to === "xstate" && from === "runbook/types.ts") return false;
        return where !== undefined && !where.test(from);
      })
      .map(({ to }) => `${from} -> ${to}`),
  );
  expect(wrong).toEqual([]);
});

test("only the edge ends the process, prints, or reads the environment and the clock", () => {
  const wrong = files.filter((name) => {
    const allowed = ambientToo[name];
    const code =
      allowed === undefined ? sources.get(name) : sources.get(name)?.replaceAll(new RegExp(allowed, "g"), "");
    return !edge.test(name) && ambient.test(code ?? "");
  });
  expect(wrong).toEqual([]);
});

test("who runs this, and where their home is, is asked in one place", () => {
  const asks = /\b(userInfo|homedir)\b|\benv(\.HOME|\["(HOME|XDG_(CONFIG|CACHE|STATE)_HOME)"\])/;
  const elsewhere = files.filter((name) => name !== "system/account.ts");
  expect(elsewhere.filter((name) => asks.test(sources.get(name) ?? ""))).toEqual([]);
});

test("nothing in src opens a database, its WAL or its index as a file", () => {
  const opens = /(read|open|copy|create\w*Stream)\w*\([^)]*(state\.db|-wal|-shm)/;
  expect(files.filter((name) => opens.test(sources.get(name) ?? ""))).toEqual([]);
});

/** The folders right below the deepest one that holds both files; a file that lies in that one itself stands for it. */
function apart(from: string, to: string): readonly [string, string] {
  const [one, other] = [path.dirname(from).split("/"), path.dirname(to).split("/")];
  const same = one.findIndex((name, depth) => name !== other[depth]);
  const depth = (same === -1 ? one.length : same) + 1;
  return [one.slice(0, depth).join("/"), other.slice(0, depth).join("/")];
}

test("folders import each other one way", () => {
  const ways = new Set(
    files.flatMap((from) =>
      importsOf(from)
        .filter(({ to }) => sources.has(to))
        .map(({ to }) => apart(from, to).join(" -> ")),
    ),
  );
  const pairs = [...ways]
    .map((way) => way.split(" -> "))
    .filter(([one = "", other = ""]) => one < other && ways.has(`${other} -> ${one}`));
  expect(pairs.map((pair) => pair.join(" <-> ")).toSorted()).toEqual(Object.keys(mutual).toSorted());
  expect(pairs.length).toBeLessThanOrEqual(3);
});

/** Of how many files of ours one file may know. */
const mostImports = 15;
/** Those that may know more, each with its reason. */
const indexes: Readonly<Record<string, string>> = {
  "steps/index.ts": "it names every step kind and does nothing else",
};

test("no file knows more than fifteen others", () => {
  const counted = files.map(
    (name) =>
      [name, new Set(importsOf(name).flatMap(({ to }) => (sources.has(to) ? [to] : []))).size] as const,
  );
  const wide = counted.filter(([, count]) => count > mostImports).map(([name]) => name);
  expect(wide).toEqual(Object.keys(indexes));
});

/** How the record and xstate name what is inside a state: spelled out, or cut out of a name. */
const names: readonly RegExp[] = [
  /\bxstate\.(?:after|done|error|snapshot)\b/,
  /(?<!human)\.(?:attempt|backoff|decide)["'`$]/,
  /["'`](?:attempt|backoff|decide)["'`] in (?!event\b)/,
  /#\\d\+\$|:done\b/,
  /\b(?:timer|step|gate|state|id)\s*\??\.(?:split|replace|startsWith|endsWith|includes|lastIndexOf|match)\(/,
];
/** Those that may, each with its reason. */
const namesToo: Readonly<Record<string, string>> = {
  "model/state-ids.ts": "it makes and reads the names in the record",
  "runbook/event-types.ts": "it makes and reads the types of xstate's events",
  "process/identity.ts": "the state of a process is a letter",
  "report/html.ts": "it reads the references to events that the report writes",
  "audit/approvals.ts": "it reads keys that it has made itself",
};

test("names of what is inside a state are made and read in one place", () => {
  const cut = files.filter((name) => names.some((one) => one.test(sources.get(name) ?? "")));
  expect(cut.filter((name) => !isIn(name, "practice") && !Object.hasOwn(namesToo, name))).toEqual([]);
});

test("no file imports itself by a detour", () => {
  const values = new Map(
    files.map((name) => [
      name,
      importsOf(name)
        .filter(({ to, isType }) => sources.has(to) && !isType)
        .map(({ to }) => to),
    ]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  function visit(name: string, above: readonly string[]): void {
    if (above.includes(name)) cycles.push([...above.slice(above.indexOf(name)), name].join(" -> "));
    if (done.has(name) || above.includes(name)) return;
    for (const next of values.get(name) ?? []) visit(next, [...above, name]);
    done.add(name);
  }
  for (const name of files) visit(name, []);
  expect(cycles).toEqual([]);
});
