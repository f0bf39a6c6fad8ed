/** What a schema found wrong with a value, as far as its words need it. */
interface SchemaIssues {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}

/** All that a schema found wrong, as one text; `it` is the value itself. */
export function issueText({ issues }: SchemaIssues): string {
  return issues.map(({ path, message }) => `${path.join(".") || "it"}: ${message}`).join("; ");
}
