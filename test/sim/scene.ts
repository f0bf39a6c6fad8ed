import type { AppendResult, Batch } from "../../src/engine/host.ts";
import type { RunEvent } from "../../src/model/event.ts";
import type { Dice } from "./dice.ts";
import type { Judge } from "./judge.ts";
import type { Shape } from "./shapes.ts";
import type { Stage } from "./stage.ts";
import type { World } from "./world.ts";

/** What can be broken on purpose, to see the judge find it. */
export const sabotages = [
  "approval spent twice",
  "effect before commit",
  "fence ignored",
  "kill loses a turn",
  "key not reused",
  "deaf engine",
  "clean-up given up",
  "branch lost",
  "one approval for two",
] as const;
export type Sabotage = (typeof sabotages)[number];

export interface Counts {
  engines: number;
  deaths: number;
  suspensions: number;
  takeovers: number;
  jumps: number;
  answers: number;
}

/** What everybody in a simulation shares. */
export interface Scene {
  readonly stage: Stage;
  readonly dice: Dice;
  readonly judge: Judge;
  readonly world: World;
  readonly shape: Shape;
  /** The root run. */
  readonly run: string;
  readonly log: SharedLog;
  readonly counts: Counts;
  /** Takes a piece of bad luck out of what this seed has; false when there is none left. */
  readonly misfortune: (percent: number) => boolean;
  readonly note: (line: string) => void;
  /** Ends the simulation: a promise is broken. */
  readonly guilty: (error: unknown) => void;
  readonly sabotage: Sabotage | null;
  readonly restore: boolean;
}

/** The log that engines and people write to. */
export interface SharedLog {
  /** `epoch` is the writer's; null for a person. */
  readonly append: (turn: Pick<Batch, "at" | "drafts" | "seen">, epoch: number | null) => AppendResult;
  readonly events: (run: string) => readonly RunEvent[];
  readonly after: (seen: ReadonlyMap<string, number>) => readonly RunEvent[];
  readonly family: () => readonly string[];
  readonly all: () => readonly RunEvent[];
  readonly lastAt: () => string;
  /** For the control that loses what it acknowledged. */
  readonly lose: (count: number) => void;
  /** Whose lease it is; each who takes it raises it by one. */
  epoch: number;
  readonly onStored: ((events: readonly RunEvent[], epoch: number | null) => void)[];
}
