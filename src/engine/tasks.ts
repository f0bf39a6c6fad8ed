import { Abort } from "../model/abort.ts";

/** What a driver has under way, by name: each can be asked to stop, and tells its end through a message. */
export interface Tasks<T> {
  readonly start: (name: string, work: (abort: Abort) => Promise<T>, is: { readonly write: boolean }) => void;
  readonly has: (name: string) => boolean;
  readonly names: () => readonly string[];
  readonly isWriting: () => boolean;
  readonly stop: (name: string, reason: Error) => void;
  readonly stopAll: (reason: Error) => void;
  /** Stops those whose end nobody wants to hear of any more. */
  readonly keepOnly: (names: ReadonlySet<string>, reason: () => Error) => void;
  /** Takes note that one has ended; false when it had been given up before. */
  readonly end: (name: string) => boolean;
}

export function createTasks<T>(tell: {
  readonly done: (name: string, result: T) => void;
  readonly crashed: (name: string, error: unknown) => void;
}): Tasks<T> {
  const tasks = new Map<string, { readonly abort: Abort; readonly write: boolean }>();
  return {
    start: (name, work, { write }) => {
      const abort = new Abort();
      tasks.set(name, { abort, write });
      work(abort).then(
        (result) => tell.done(name, result),
        (error: unknown) => tell.crashed(name, error),
      );
    },
    has: (name) => tasks.has(name),
    names: () => [...tasks.keys()],
    isWriting: () => [...tasks.values()].some(({ write }) => write),
    stop: (name, reason) => tasks.get(name)?.abort.abort(reason),
    stopAll: (reason) => tasks.forEach(({ abort }) => abort.abort(reason)),
    keepOnly: (names, reason) => {
      for (const [name, { abort }] of tasks) {
        if (names.has(name)) continue;
        abort.abort(reason());
        tasks.delete(name);
      }
    },
    end: (name) => tasks.delete(name),
  };
}
