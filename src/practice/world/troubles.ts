/** What may be wrong in a practice world when it starts. Without any of it the account is as its configuration wants it. */
export const troubles = ["secret-missing", "redis-closed", "state-locked", "state-unsaved"] as const;

/**
 * - `secret-missing`: the deployed release lacks a secret, so predictions fail; the release before it has it.
 * - `redis-closed`: the rule that lets the API reach Redis was never applied.
 * - `state-locked`: a dead process left its lock on the terraform state.
 * - `state-unsaved`: that rule was applied, and terraform could not save the state that has it.
 */
export type Trouble = (typeof troubles)[number];

/** What was wrong in the incident that the world is made after. */
export const incidentTroubles: readonly Trouble[] = ["secret-missing", "redis-closed", "state-locked"];
