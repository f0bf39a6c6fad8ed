/** Many seeds, one after another. */
import type { Counts, Sabotage } from "./scene.ts";
import { simulate, type Life } from "./simulate.ts";

export interface Campaign {
  readonly from: number;
  readonly seeds: number;
  readonly sabotage?: Sabotage;
  /** Whether all engines drop their state after every turn, and not only those of some seeds. */
  readonly restore?: boolean;
  /** Stops after so many seeds that broke a promise. */
  readonly enough?: number;
}

export interface Result {
  readonly broken: readonly Life[];
  /** One line: what was simulated, and how it ended. */
  readonly line: string;
}

/** These are lived again with engines that drop their state after every turn: nothing may differ. */
function isLivedAgain(seed: number): boolean {
  return seed % 40 === 1 || seed % 1_000 === 50;
}

export async function simulateAll(campaign: Campaign): Promise<Result> {
  const { from, seeds, sabotage, restore = false, enough = 10 } = campaign;
  const broken: Life[] = [];
  const totals = { engines: 0, deaths: 0, suspensions: 0, takeovers: 0, jumps: 0, answers: 0 };
  let events = 0;
  let seed = from;
  for (; seed < from + seeds && broken.length < enough; seed += 1) {
    const options = { restore, ...(sabotage === undefined ? {} : { sabotage }) };
    const life = await simulate(seed, options);
    const told = !restore && isLivedAgain(seed) ? await compared(life, options) : life;
    if (told.broken !== null) broken.push(told);
    add(totals, told.counts);
    events += told.events.length;
    // Time for timers and messages of whoever runs this.
    if (seed % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const counted = Object.entries(totals).map(([name, count]) => `${count} ${name}`);
  const line = `seeds ${from}-${seed - 1}: ${events} events, ${counted.join(", ")}; ${broken.length} broke a promise`;
  return { broken, line };
}

function add(totals: Counts, counts: Readonly<Counts>): void {
  totals.engines += counts.engines;
  totals.deaths += counts.deaths;
  totals.suspensions += counts.suspensions;
  totals.takeovers += counts.takeovers;
  totals.jumps += counts.jumps;
  totals.answers += counts.answers;
}

async function compared(life: Life, options: { readonly sabotage?: Sabotage }): Promise<Life> {
  if (life.broken !== null) return life;
  const other = await simulate(life.seed, { ...options, restore: true });
  if (other.broken !== null) return other;
  const [one, two] = [life, other].map(({ events }) => events.map((event) => JSON.stringify(event)));
  const differing = one?.findIndex((line, index) => line !== two?.[index]) ?? -1;
  if (differing === -1 && one?.length === two?.length) return life;
  return {
    ...life,
    broken: `R1 event ${differing + 1} is another one when the state is made anew after every turn`,
  };
}
