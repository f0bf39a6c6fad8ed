/** What a gate shows of something before it may be done: the input of `human.confirm`, as the steps' reviews fill it. */
export interface Approvable {
  readonly title: string;
  readonly summary: string;
  readonly lines: string[];
  readonly risk: "medium" | "high";
  readonly verb: string;
  /** What the approval is bound to. */
  readonly subject: Record<string, string | number | null>;
}
