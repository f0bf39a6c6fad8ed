/** Whether the long forms run too, as by `npm run test:chaos`, and what makes a run of them repeatable. */
const mode = process.env["RUNWRIGHT_CHAOS"];

export const isThorough = mode !== undefined;

/** `RUNWRIGHT_CHAOS=sweep` kills at each single commit, each in a run of its own, about an hour; `=sweep:FROM-TO` at some. */
export const sweep = /^sweep(?::(\d+)-(\d+))?$/.exec(mode ?? "");

export const seed = Number(process.env["RUNWRIGHT_SEED"] ?? Date.now() % 10_000);
