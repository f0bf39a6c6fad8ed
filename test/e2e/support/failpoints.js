/**
 * Loaded into the engine's process before its own code, by `NODE_OPTIONS=--import`: ends that process at exact places
 * around its commits. It patches the SQLite binding, so that the product itself needs no switch for tests.
 *
 * `before` strikes when a turn is written and not committed: its effects have happened and nobody will know.
 * `after` strikes when it is committed and nothing else was done: what it wants has not begun.
 * `during` strikes some milliseconds after a commit. `either` is before or after, as `seed` and the place decide.
 *
 * With `at` it strikes at the n-th turn of this process; else at each place once, as the file `seen` remembers. Of the
 * places that do not match `always`, `seed` picks one in `oneIn`.
 */
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import Database from "better-sqlite3";

const { signals, when, at, seen, seed, delay, only, always, oneIn } = JSON.parse(
  process.env["RUNWRIGHT_TEST_FAILPOINTS"] ?? "{}",
);
const [wanted, certain] = [new RegExp(only ?? ""), new RegExp(always ?? "")];
const original = Reflect.get(Database.prototype, "transaction");
let turns = 0;

Database.prototype.transaction = function transaction(work) {
  const db = this;
  const strike = (isInside, result) => {
    if (result?.type === "stored" && result.events.length > 0) strikeAt(isInside, placeOf(db, result.events));
    return result;
  };
  const bound = original.call(db, (...args) => strike(true, work(...args)));
  const outside =
    (call) =>
    (...args) =>
      strike(false, call(...args));
  const wrapped = outside(bound);
  for (const mode of ["default", "deferred", "immediate", "exclusive"]) wrapped[mode] = outside(bound[mode]);
  return wrapped;
};

function strikeAt(isInside, place) {
  if (isInside) turns += 1;
  if (isInside !== (sideOf(place) === "before")) return;
  if (at === undefined ? !isNew(place) : turns !== at) return;
  appendFileSync(seen, `${place}\n`);
  // The engine leads a group of its own here: all of it is hit, as by a terminal or a supervisor of services.
  const end = () => process.kill(-process.pid, signals[numberOf(place) % signals.length]);
  if (when === "during") setTimeout(end, Math.random() * delay);
  else end();
}

function isNew(place) {
  if (!wanted.test(place)) return false;
  // Not by the number itself, which decides the side.
  if (!certain.test(place) && Math.floor(numberOf(place) / 2) % oneIn !== 0) return false;
  return !existsSync(seen) || !readFileSync(seen, "utf8").split("\n").includes(place);
}

function sideOf(place) {
  if (when !== "either") return when;
  return numberOf(place) % 2 === 0 ? "before" : "after";
}

function numberOf(place) {
  return createHash("sha256").update(`${seed}${place}`).digest().readUInt32BE();
}

/** A turn's place in the runbook, the same in every run; steps that are reached again after a child run are others. */
function placeOf(db, events) {
  const { children } = db
    .prepare("SELECT count(*) AS children FROM events WHERE type = 'child.ended' AND seq < ?")
    .get(events[0].seq);
  const root = db.prepare("SELECT run FROM events WHERE seq = 1").get().run;
  const names = events.map(
    ({ run, type, data }) => `${run === root ? "" : "child/"}${type}:${data.step ?? data.gate ?? ""}`,
  );
  return `${children} ${names.join(" ")}`;
}
