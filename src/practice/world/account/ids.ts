import { createHash } from "node:crypto";

/** Makes identifiers that look like AWS's and are the same in every world that is used in the same way. */
export interface Ids {
  /** `prefix` and so many hexadecimal digits. */
  readonly hex: (prefix: string, digits: number) => string;
}

export function createIds(): Ids {
  let count = 0;
  return {
    hex: (prefix, digits) => {
      count += 1;
      return prefix + createHash("sha256").update(`${prefix} ${count}`).digest("hex").slice(0, digits);
    },
  };
}
