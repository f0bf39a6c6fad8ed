import path from "node:path";
import { packageRoot } from "../load.ts";

/** The module that lets a process which imports it first import TypeScript. */
export function typeScriptFile(): string {
  return path.join(packageRoot(), "dist", "loader", "typescript", "main.js");
}
