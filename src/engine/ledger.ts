/**
 * Numbers and verdicts by name, of which each change makes another ledger and leaves the old one as it was. A state has
 * several, and a turn that could not be stored, or a walk along every path, goes back to older states: so they are not
 * simply changed. A copy for each change would make a run of many steps cost the square of their number.
 *
 * All ledgers that were made of one share one map, which lies with the one that was used last; the others say in what
 * they differ from the next. To go on from the newest costs the same however much is in it.
 */
export class Ledger<V> {
  #map: Map<string, V> | null;
  #next: Ledger<V> | null = null;
  /** What this one has under `key`, unlike the next; nothing where it is undefined. */
  #key = "";
  #value: V | undefined;

  private constructor(map: Map<string, V>) {
    this.#map = map;
  }

  static empty<V>(): Ledger<V> {
    return new Ledger<V>(new Map());
  }

  get(name: string): V | undefined {
    return this.#held().get(name);
  }

  /** The same with another value under this name. */
  with(name: string, value: V): Ledger<V> {
    const map = this.#held();
    const made = new Ledger(map);
    this.#differFrom(made, name, map.get(name));
    map.set(name, value);
    return made;
  }

  /** As a plain object, in the order in which the names came up. */
  toObject(): Readonly<Record<string, V>> {
    return Object.fromEntries(this.#held());
  }

  /** Brings the map here, past all ledgers between this one and the one where it lies. */
  #held(): Map<string, V> {
    if (this.#map !== null) return this.#map;
    const between: Ledger<V>[] = [this];
    let holder = this.#next;
    while (holder !== null && holder.#next !== null) {
      between.push(holder);
      holder = holder.#next;
    }
    let map = (holder === null ? null : holder.#map) ?? new Map<string, V>();
    for (const ledger of between.toReversed()) {
      if (holder !== null) map = ledger.#take(holder, map);
      holder = ledger;
    }
    return map;
  }

  #take(holder: Ledger<V>, map: Map<string, V>): Map<string, V> {
    holder.#differFrom(this, this.#key, map.get(this.#key));
    if (this.#value === undefined) map.delete(this.#key);
    else map.set(this.#key, this.#value);
    this.#map = map;
    this.#next = null;
    return map;
  }

  #differFrom(next: Ledger<V>, key: string, value: V | undefined): void {
    this.#map = null;
    this.#next = next;
    this.#key = key;
    this.#value = value;
  }
}
