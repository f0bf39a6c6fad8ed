import { failure } from "./diagnostic.ts";

/** A parsed command line: `-name` and `-name=value` flags may stand before and after the positional arguments. */
export interface Arguments {
  readonly command: string;
  readonly positional: readonly string[];
  readonly has: (name: string) => boolean;
  readonly value: (name: string) => string | undefined;
  readonly values: (name: string) => readonly string[];
}

/** Flags that take the next argument when no `=` follows them. */
const valued = new Set([
  "out",
  "target",
  "replace",
  "lock-timeout",
  "var",
  "var-file",
  "parallelism",
  "backend-config",
]);

const common = ["no-color", "input", "json", "lock", "lock-timeout"];
const planning = [
  ...common,
  "out",
  "target",
  "replace",
  "refresh",
  "refresh-only",
  "detailed-exitcode",
  "var",
  "parallelism",
  "compact-warnings",
];

/** The flags that each command knows; any other is refused as terraform refuses it. */
const known: Readonly<Record<string, readonly string[]>> = {
  version: ["json", "no-color"],
  init: [...common, "reconfigure", "upgrade", "backend", "backend-config", "get", "lockfile"],
  validate: ["json", "no-color"],
  plan: planning,
  apply: [...planning, "auto-approve"],
  show: ["json", "no-color"],
  taint: ["no-color", "lock", "lock-timeout", "allow-missing"],
  untaint: ["no-color", "lock", "lock-timeout", "allow-missing"],
  "force-unlock": ["force", "no-color"],
  output: ["json", "raw", "no-color"],
  "state pull": ["no-color"],
  "state list": ["no-color"],
  "state push": ["force", "no-color", "lock", "lock-timeout"],
  "workspace show": ["no-color"],
};

const groups = new Set(["state", "workspace"]);

export function parseArguments(argv: readonly string[]): Arguments {
  const [first = "", second = ""] = argv;
  const command = groups.has(first) ? `${first} ${second}` : first;
  const flags: [string, string | undefined][] = [];
  const positional: string[] = [];
  const rest = argv.slice(groups.has(first) ? 2 : 1);
  for (let at = 0; at < rest.length; at += 1) {
    const argument = rest[at] ?? "";
    const flag = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(argument);
    if (!flag) positional.push(argument);
    else if (flag[2] === undefined && valued.has(flag[1] ?? "")) flags.push([flag[1] ?? "", rest[(at += 1)]]);
    else flags.push([flag[1] ?? "", flag[2]]);
  }
  return { command, positional, ...lookUps(flags) };
}

function lookUps(flags: readonly (readonly [string, string | undefined])[]) {
  const values = (name: string) =>
    flags.filter(([flag]) => flag === name).map(([, value]) => value ?? "true");
  return {
    values,
    value: (name: string) => values(name).at(-1),
    has: (name: string) => (values(name).at(-1) ?? "false") !== "false",
  };
}

/** Throws for a flag that the command does not have. */
export function refuseUnknownFlags(command: string, argv: readonly string[]): void {
  const allowed = known[command] ?? [];
  const stray = argv.find(
    (argument) => argument.startsWith("-") && !allowed.includes(argument.replace(/^--?|=[\s\S]*$/g, "")),
  );
  if (stray === undefined) return;
  const name = stray.replace(/^--?|=[\s\S]*$/g, "");
  throw failure("Failed to parse command-line flags", `flag provided but not defined: -${name}`);
}
