#!/usr/bin/env node
/**
 * The way in. `status` is asked for most often, by people and by scripts in a loop, so it starts without the parser of
 * the other commands and as one CommonJS file: loading modules is most of what a short command costs (bench/start.ts).
 */
import { parseArgs } from "node:util";
import { status } from "./commands/status.ts";
import { enter } from "./edge.ts";

interface Quick {
  readonly run: string | undefined;
  readonly db: string | undefined;
  readonly json: boolean;
}

const quick = readQuick(process.argv.slice(2));
if (quick === undefined) void import("./main.ts");
else {
  void enter((io) => {
    const db = quick.db ?? io.env["RUNWRIGHT_DB"] ?? "state.db";
    return status({ run: quick.run }, { db, json: quick.json, color: "auto", debug: false }, io);
  });
}

/** A plain `status`, or undefined: then the parser that knows every flag and error takes over. */
function readQuick([command, ...args]: readonly string[]): Quick | undefined {
  if (command !== "status") return undefined;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { db: { type: "string" }, json: { type: "boolean", default: false } },
      allowPositionals: true,
    });
    return positionals.length > 1 ? undefined : { run: positionals[0], db: values.db, json: values.json };
  } catch {
    return undefined;
  }
}
