/** What a terminal has that does not know its own size. */
const usual = 80;

/** How many columns an output has; undefined where it is no terminal. One that says 0 does not know. */
export function terminalColumns(output: { readonly columns: number }): number;
export function terminalColumns(output: { readonly columns?: number }): number | undefined;
export function terminalColumns({ columns }: { readonly columns?: number }): number | undefined {
  return columns === 0 ? usual : columns;
}
