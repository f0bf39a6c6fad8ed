/** Lets a poll end early; a ring while nobody waits is kept for the next wait. */
export interface Wakeup {
  readonly wake: () => void;
  readonly wait: (milliseconds: number) => Promise<void>;
}

export function createWakeup(): Wakeup {
  let wasWoken = false;
  let resume: (() => void) | undefined;
  return {
    wake: () => {
      wasWoken = true;
      resume?.();
    },
    wait: async (milliseconds) => {
      if (!wasWoken) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          resume = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      wasWoken = false;
    },
  };
}
