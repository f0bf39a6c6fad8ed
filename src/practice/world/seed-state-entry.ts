/** One resource of the state. */
export interface StateEntry {
  readonly type: string;
  readonly name: string;
  readonly schemaVersion: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
}
