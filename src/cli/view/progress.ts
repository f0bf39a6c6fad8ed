/** How many lines of an attempt are told at once; a chatty step must not push the story off the screen. */
const mostLines = 8;
/** How many of those held back are told after all when the attempt has failed. */
const lastOnFailure = 12;
const lastOnSuccess = 2;

interface AttemptProgress {
  told: number;
  readonly held: string[];
  dropped: number;
}

/** Which progress lines become history: the first few at once, the last few when the attempt has ended. */
export interface ProgressFold {
  /** Whether to tell the line now. */
  readonly add: (key: string, line: string) => boolean;
  /** What is told at the end of the attempt, and how many lines are left out. */
  readonly end: (
    key: string,
    how: "failed" | "else",
  ) => { readonly lines: readonly string[]; readonly left: number };
}

export function createFold(verbose: boolean): ProgressFold {
  const attempts = new Map<string, AttemptProgress>();
  return {
    add: (key, line) => {
      const attempt = attempts.get(key) ?? { told: 0, held: [], dropped: 0 };
      attempts.set(key, attempt);
      if (verbose || attempt.told < mostLines) {
        attempt.told += 1;
        return true;
      }
      attempt.held.push(line);
      if (attempt.held.length > lastOnFailure) {
        attempt.held.shift();
        attempt.dropped += 1;
      }
      return false;
    },
    end: (key, how) => {
      const { held = [], dropped = 0 } = attempts.get(key) ?? {};
      attempts.delete(key);
      const lines = how === "failed" ? held : held.slice(-lastOnSuccess);
      return { lines, left: dropped + held.length - lines.length };
    },
  };
}
