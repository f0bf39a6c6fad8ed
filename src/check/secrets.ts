import type { Literal } from "./literals.ts";
import { lineAt } from "./literals.ts";
import type { SourceFile, FileLine } from "./sources.ts";

/** What is known to be a secret by its look alone. */
const looks: readonly (readonly [string, RegExp])[] = [
  ["an AWS access key", /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY/],
  ["a GitHub token", /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,})/],
  ["a GitLab token", /\bglpat-[\w-]{18,}/],
  ["a Slack token or webhook", /\bxox[abprs]-[\w-]{10,}|hooks\.slack\.com\/services\/\w+\/\w+\/\w+/],
  ["a Hugging Face token", /\bhf_[A-Za-z0-9]{30,}/],
  ["an API key", /\b(?:sk-[A-Za-z0-9_-]{20,}|AIza[\w-]{35})/],
  ["a signed token", /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]*/],
  ["a password in a URL", /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@${]+:[^\s/@${]{3,}@/],
];

const names =
  /(?:password|passwd|passphrase|secret|token|api[-_]?key|authorization|credentials?|private[-_]?key|access[-_]?key)$/i;

/** Literals of a file that hold a secret, with what gives them away. */
export function secretsIn(source: SourceFile): readonly (FileLine & { readonly why: string })[] {
  return source.literals.flatMap((literal) => {
    const what = whatIs(source, literal);
    if (what === undefined) return [];
    const line = lineAt(source.text, literal.at);
    return [
      {
        file: source.file,
        line,
        why: `This text looks like ${what}, and a run keeps the text of its runbook.`,
      },
    ];
  });
}

function whatIs(source: SourceFile, literal: Literal): string | undefined {
  const look = looks.find(([, pattern]) => pattern.test(literal.text));
  if (look !== undefined) return look[0];
  const name = nameOf(source, literal);
  const isValue = /^(?!env:|file:)\S+(?: \S+)?$/.test(literal.text) && literal.text.length >= 8;
  return name !== undefined && names.test(name) && isValue && !literal.text.includes("${")
    ? `the value of \`${name}\``
    : undefined;
}

/** The key or variable that a literal is the value of. */
function nameOf({ text }: SourceFile, { at }: Literal): string | undefined {
  return /([\w$-]+)["']?\s*[:=]\s*$/.exec(text.slice(Math.max(0, at - 60), at))?.[1];
}
