/** Imported by a process that has to import TypeScript. */
import { register } from "node:module";

register(new URL("./hooks.js", import.meta.url));
