import { error } from "./diagnostic.ts";
import type { View } from "./view.ts";

/** Ctrl-C as terraform takes it: the first stops gently, the second at once. */
export interface Interrupts {
  readonly signal: AbortSignal;
  /** While `operation` runs the first interrupt says that it is being stopped. */
  readonly during: <T>(operation: () => Promise<T>) => Promise<T>;
}

/** Starts to listen for SIGINT and SIGTERM; `exit` ends the process without releasing anything. */
export function listenForInterrupts(view: View, exit: (code: number) => void): Interrupts {
  const controller = new AbortController();
  let running = 0;
  const onSignal = (): void => {
    if (controller.signal.aborted) {
      log(view, "\nTwo interrupts received. Exiting immediately. Note that data loss may have occurred.\n");
      view.diagnostic(error("operation canceled"));
      exit(1);
      return;
    }
    log(
      view,
      "\nInterrupt received.\nPlease wait for Terraform to exit or data loss may occur.\nGracefully shutting down...\n",
    );
    if (running > 0) log(view, "Stopping operation...");
    controller.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    during: async (operation) => {
      running += 1;
      try {
        return await operation();
      } finally {
        running -= 1;
      }
    },
  };
}

function log(view: View, message: string): void {
  view.event("log", message);
}
