/** What a TypeScript file says, told apart into code, literals and comments; enough to find places in it, not to parse it. */

export interface Literal {
  readonly at: number;
  readonly text: string;
}

export interface ScannedSource {
  /** The file with its literals and comments blanked out; every character keeps its place. */
  readonly code: string;
  readonly literals: readonly Literal[];
  readonly comments: readonly Literal[];
}

// A slash begins a pattern only where a value may begin.
const parts =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`|(?<=[(,=:[!&|?{};]\s*)\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/g;

export function scan(text: string): ScannedSource {
  const literals: Literal[] = [];
  const comments: Literal[] = [];
  const code = text.replaceAll(parts, (found, at: number) => {
    if (found.startsWith("//") || found.startsWith("/*")) comments.push({ at, text: found });
    else if (!found.startsWith("/")) literals.push({ at, text: found.slice(1, -1) });
    return found.replaceAll(/[^\n]/g, " ");
  });
  return { code, literals, comments };
}

/** The line of a position, from 1. */
export function lineAt(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}
