/** A queue between the tasks that a driver started and the driver, which takes one message at a time. */
export interface Mailbox<T> {
  readonly post: (message: T) => void;
  readonly take: () => Promise<T>;
}

export function createMailbox<T>(): Mailbox<T> {
  const messages: T[] = [];
  const takers: ((message: T) => void)[] = [];
  return {
    post: (message) => {
      const taker = takers.shift();
      if (taker === undefined) messages.push(message);
      else taker(message);
    },
    take: () => {
      const message = messages.shift();
      return message === undefined
        ? new Promise((resolve) => takers.push(resolve))
        : Promise.resolve(message);
    },
  };
}
