import type { Problem } from "./rules/problem.ts";
import { lineAt } from "./literals.ts";
import type { SourceFile } from "./sources.ts";

/**
 * Whether a comment in the file accepts the finding: `// accept RULE: reason`, in its line or right above it. Without a
 * reason it accepts nothing.
 */
export function isSuppressed({ rule, line }: Problem, source: SourceFile | undefined): boolean {
  if (source === undefined) return false;
  const lines = source.text.split("\n");
  return source.comments.some(({ at, text }) => {
    const said = /^\/[/*]\s*accept ([a-z-]+): *\S/.exec(text)?.[1];
    if (said !== rule) return false;
    const from = lineAt(source.text, at);
    const between = lines.slice(from, line - 1);
    return from <= line && between.every((one) => one.trim().startsWith("//"));
  });
}
