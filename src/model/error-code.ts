/** The code that an error carries, such as `ENOENT` or `SQLITE_BUSY`; empty when it has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
