import type { Cover, RunEvent } from "../../src/model/event.ts";
import { insist } from "./insist.ts";

type Of<T extends RunEvent["type"]> = Extract<RunEvent, { readonly type: T }>;

interface Yes {
  readonly covers: readonly Cover[];
  readonly wanted: number;
  readonly by: Set<string>;
  useBy: string;
  /** The keys of what it has allowed, by state. */
  readonly spent: Map<string, Set<string>>;
}

/** What people have allowed in a run: a write that changes something begins only with a yes that covers it. */
export class Approved {
  readonly #asked = new Map<string, Yes>();
  readonly #steps = new Map<string, string>();
  #isCancelled = false;

  follow(event: RunEvent): void {
    switch (event.type) {
      case "gate.opened":
        return this.#open(event);
      case "gate.closed":
      case "approval.denied":
      case "approval.revoked":
        this.#asked.delete(event.data.gate);
        return;
      case "approval.granted":
        return this.#say(event, null);
      case "decision.made":
        return this.#say(event, event.data.choice);
      case "cancel.requested":
        this.#isCancelled = true;
        return;
      case "step.started":
        return event.data.effect === "write" ? this.#spend(event) : undefined;
      default:
        return;
    }
  }

  /** A gate is good for one visit. */
  #open({ data: { gate, step, covers = [], approvals = 1 } }: Of<"gate.opened">): void {
    this.#asked.delete(this.#steps.get(step) ?? "");
    this.#steps.set(step, gate);
    this.#asked.set(gate, { covers, wanted: approvals, by: new Set(), useBy: "9999", spent: new Map() });
  }

  #say({ actor, data }: Of<"approval.granted" | "decision.made">, choice: string | null): void {
    const asked = this.#asked.get(data.gate);
    if (asked === undefined) return;
    const covers = asked.covers.filter(({ option = null }) => option === choice);
    const useBy = [asked.useBy, data.useBy ?? "9999"].toSorted()[0] ?? "";
    this.#asked.set(data.gate, { ...asked, covers, useBy, by: new Set([...asked.by, actor.id]) });
  }

  #spend({ at, data: { step, key, allowedBy, risk } }: Of<"step.started">): void {
    insist(risk === "medium", "a write of another risk than all simulated ones");
    if (allowedBy === undefined) return insist(this.#isCancelled, `nothing allows the write \`${step}\``);
    const yes = this.#asked.get(allowedBy);
    insist(yes !== undefined && yes.by.size >= yes.wanted, `\`${step}\` begins by a yes that nobody gave`);
    insist(yes.useBy >= at, `\`${step}\` begins by a yes that has expired`);
    const spent = yes.spent.get(step) ?? new Set();
    yes.spent.set(step, spent.add(key));
    const times = yes.covers.find(({ state }) => state === step)?.times ?? 0;
    insist(spent.size <= times, `\`${step}\` begins ${spent.size} times by a yes to ${times}`);
  }
}
