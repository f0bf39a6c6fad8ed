/** How a machine can get from one state to another. */
export type TransitionKind =
  | "next"
  | "route"
  | "rescue"
  | "retry"
  | "again"
  | "skip"
  | "cancel"
  | "cleanup"
  | "approved"
  | "rejected"
  | "option"
  | "timer"
  | "event";

/** What the compiler writes on a transition for whoever draws or checks the machine. */
export interface TransitionLabel {
  readonly meta: {
    readonly way: TransitionKind;
    readonly option?: string;
    readonly covers?: readonly string[];
  };
  readonly description?: string;
}

/** Marks a transition; it changes nothing of what the machine does. */
export function labelled(way: TransitionKind, description?: string): TransitionLabel {
  return { meta: { way }, ...(description === undefined ? {} : { description }) };
}

/** Marks the way of an option, with the writes that choosing it allows where it says so. */
export function labelledOption(
  id: string,
  { label, covers }: { readonly label: string; readonly covers?: readonly string[] },
): TransitionLabel {
  const { meta, ...rest } = labelled("option", label);
  return { ...rest, meta: { ...meta, option: id, ...(covers === undefined ? {} : { covers }) } };
}

/** What a condition says in the runbook's file: the body of `({ ok }) => !ok` is `!ok`. */
export function conditionText(condition: (...args: never) => unknown): string {
  const text = String(condition)
    // The bundler's names of imported modules say nothing to an author.
    .replaceAll(/\(0, import_\w+\.(\w+)\)/g, "$1")
    .replaceAll(/\bimport_\w+\./g, "")
    .replaceAll(/\s+/g, " ");
  return /^(?:async )?(?:\([^=]*?\)|\w+) => (?!\{)(.*)$/.exec(text)?.[1] ?? text;
}
