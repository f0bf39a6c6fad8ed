import { styleText } from "node:util";
import type { Globals, ViewIo } from "../io.ts";

type Paint = (text: string) => string;

/** Colours by what they mean. */
export interface Palette {
  readonly good: Paint;
  readonly bad: Paint;
  readonly warn: Paint;
  readonly accent: Paint;
  readonly strong: Paint;
  readonly faint: Paint;
}

const asIs: Paint = (text) => text;

/** No colours at all. */
export const plain: Palette = {
  good: asIs,
  bad: asIs,
  warn: asIs,
  accent: asIs,
  strong: asIs,
  faint: asIs,
};

/** The flag wins over NO_COLOR, that over FORCE_COLOR, that over what stdout is. */
export function isColored({ env, stdout }: Pick<ViewIo, "env" | "stdout">, color: Globals["color"]): boolean {
  if (color !== "auto") return color === "always";
  if (isSet(env["NO_COLOR"])) return false;
  const force = env["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force !== "false";
  return stdout.isTTY && env["TERM"] !== "dumb";
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}

function paint(format: Parameters<typeof styleText>[0]): Paint {
  // Whether to colour is decided by `isColored`: node's own order is another.
  return (text) => (text === "" ? "" : styleText(format, text, { validateStream: false }));
}

/** The colours to use on stdout. */
export function palette(io: Pick<ViewIo, "env" | "stdout">, color: Globals["color"]): Palette {
  if (!isColored(io, color)) return plain;
  return {
    good: paint("green"),
    bad: paint("red"),
    warn: paint("yellow"),
    accent: paint("cyan"),
    strong: paint("bold"),
    faint: paint("dim"),
  };
}
