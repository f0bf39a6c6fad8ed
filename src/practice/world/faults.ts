/** Faults to inject into the next calls of an operation, set through `/_world/faults`. */
import { z } from "zod";

const Request = z.strictObject({
  /** For example `ecs:UpdateService`, `ecs:*` or `*`; the application's is `app:GET /health`. */
  operation: z.string().min(1),
  /** `drop-after-effect` does the work and destroys the connection; `hang` does nothing and never answers. */
  kind: z.enum(["error", "throttle", "delay", "hang", "drop-after-effect"]),
  code: z.string().optional(),
  message: z.string().optional(),
  status: z.int().min(300).max(599).optional(),
  /** How many calls it hits. */
  times: z.int().min(1).default(1),
  /** Real seconds, for `delay`. */
  seconds: z.number().min(0).default(1),
});

export type FaultRequest = z.input<typeof Request>;

export type Fault = z.infer<typeof Request> & { readonly id: number };

export interface Faults {
  /** Throws a sentence for people when the request is not a fault. */
  readonly add: (request: unknown) => Fault;
  readonly list: () => readonly Fault[];
  readonly clear: () => void;
  /** The oldest fault for the operation, with one of its times used up. */
  readonly take: (operation: string) => Fault | undefined;
}

export function createFaults(): Faults {
  let faults: readonly Fault[] = [];
  let count = 0;
  return {
    add: (request) => {
      const parsed = Request.safeParse(request);
      if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
      count += 1;
      const fault = { ...parsed.data, id: count };
      faults = [...faults, fault];
      return fault;
    },
    list: () => faults,
    clear: () => {
      faults = [];
    },
    take: (operation) => {
      const hit = faults.find((fault) => covers(fault.operation, operation));
      if (!hit) return undefined;
      faults = faults.flatMap((fault) => (fault === hit ? usedOnce(fault) : [fault]));
      return hit;
    },
  };
}

function usedOnce(fault: Fault): readonly Fault[] {
  return fault.times > 1 ? [{ ...fault, times: fault.times - 1 }] : [];
}

function covers(pattern: string, operation: string): boolean {
  return pattern.endsWith("*") ? operation.startsWith(pattern.slice(0, -1)) : pattern === operation;
}
