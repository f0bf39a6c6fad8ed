/** One error or warning, with the member names of terraform's `-json` output. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail: string;
  readonly address?: string;
  readonly range?: Range;
  readonly snippet?: Snippet;
}

interface Position {
  readonly line: number;
  readonly column: number;
  readonly byte: number;
}

export interface Range {
  readonly filename: string;
  readonly start: Position;
  readonly end: Position;
}

export interface Snippet {
  readonly context: string;
  readonly code: string;
  readonly start_line: number;
  readonly highlight_start_offset: number;
  readonly highlight_end_offset: number;
  readonly values: readonly unknown[];
}

/** Ends a command with exit code 1 and these diagnostics. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly diagnostics: readonly Diagnostic[];

  constructor(...diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(({ summary }) => summary).join("; "));
    this.diagnostics = diagnostics;
  }
}

/** Ends a command with exit code 1 and this line alone on stderr, as terraform's oldest commands do. */
export class PlainFailure extends Error {
  override readonly name = "PlainFailure";
}

export function error(summary: string, detail = ""): Diagnostic {
  return { severity: "error", summary, detail };
}

export function warning(summary: string, detail: string): Diagnostic {
  return { severity: "warning", summary, detail };
}

export function failure(summary: string, detail = ""): Failure {
  return new Failure(error(summary, detail));
}
