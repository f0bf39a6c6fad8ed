#!/usr/bin/env node
/** A stand-in for the `terraform` executable, for machines without one: it works on the practice world alone. */
import { spareSdkTheHome } from "../../system/account.ts";
import { run } from "./run.ts";

// A reader that went away ends the process at once, as SIGPIPE ends terraform, with the lock still held.
process.stdout.on("error", () => process.exit(141));

// The SDK's advice about node's version is not part of terraform's output.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
spareSdkTheHome(process.env);
process.exitCode = 0;
const code = await run({
  argv: process.argv.slice(2),
  dir: process.cwd(),
  env: process.env,
  streams: { out: (text) => process.stdout.write(text), err: (text) => process.stderr.write(text) },
  exit: (status) => process.exit(status),
});
// Idle connections to AWS would hold the process open.
process.exit(code === 0 ? process.exitCode : code);
