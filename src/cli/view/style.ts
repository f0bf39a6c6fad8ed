import type { Globals, Io, ViewIo } from "../io.ts";
import { palette } from "./palette.ts";
import { widthOf } from "./print.ts";
import type { Style } from "./scene.ts";
import { symbolsOf } from "./symbols.ts";

/** The colours and symbols of this terminal. */
export function lookOf(io: ViewIo, color: Globals["color"]): Omit<Style, "width"> {
  return { paint: palette(io, color), symbols: symbolsOf(io) };
}

/** How a command draws what it prints here. */
export function styleOf(io: Io, { color }: Pick<Globals, "color">): Style {
  return { ...lookOf(io, color), width: widthOf(io) };
}
