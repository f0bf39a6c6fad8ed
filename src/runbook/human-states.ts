/** Compiles the states at which a person answers. */
import { humanConfirm } from "../steps/human-confirm.ts";
import { humanDecide } from "../steps/human-decide.ts";
import { humanInput } from "../steps/human-input.ts";
import { chose, invoke, to, type StateNode, type StateEntry, type TransitionArgs } from "./state-compiler.ts";
import { rememberOutput } from "./context-updates.ts";
import type { AskState, ChoiceState, GateState, ManualState, Scope } from "./states.ts";
import { labelled, labelledOption } from "./transition-labels.ts";

export function gateNode(entry: StateEntry<GateState<string>>): StateNode {
  const { name, state, next } = entry;
  const { approvals, approvers, expires, usable, covers } = state;
  const asked = Object.fromEntries(
    Object.entries({ approvals, approvers, expires, usable, covers }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  const shown = (scope: Scope<never>) => ({ ...(state.shown(scope) as object), ...asked });
  const keep = rememberOutput(name, humanConfirm.kind);
  return {
    id: name,
    ...declaredGate(state),
    invoke: {
      ...invoke(entry, name, humanConfirm, shown),
      onDone: [
        {
          ...labelled("approved"),
          guard: ({ event }: TransitionArgs) => event["output"].approved === true,
          ...to(next, keep),
        },
        { ...labelled("rejected"), ...to(state.onReject, keep) },
      ],
    },
  };
}

/** What of the declaration of a gate has to be known to whoever asks what it allows, and who can. */
function declaredGate({ covers, approvals, approvers }: GateState<string>): StateNode {
  const said = Object.entries({ covers, approvals, approvers }).filter(([, value]) => value !== undefined);
  return said.length === 0 ? {} : { meta: Object.fromEntries(said) };
}

export function choiceNode(entry: StateEntry<ChoiceState<string>>): StateNode {
  const { name, state } = entry;
  const shown = (scope: Scope<never>) => ({
    ...state.shown(scope),
    options: Object.entries(state.options).map(([id, option]) => ({
      id,
      label: option.label,
      danger: option.danger ?? false,
      suggested: option.suggested?.(scope) ?? false,
      reasonNeeded: option.danger ?? false,
    })),
  });
  const onDone = Object.entries(state.options).map(([id, option]) => ({
    ...labelledOption(id, option),
    guard: chose(id),
    ...to(option.to, rememberOutput(name, humanDecide.kind)),
  }));
  return { id: name, invoke: { ...invoke(entry, name, humanDecide, shown), onDone } };
}

export function askNode(entry: StateEntry<AskState<string>>): StateNode {
  const { name, state, next } = entry;
  const shown = (scope: Scope<never>) => ({ title: state.shown(scope), fields: state.form.fields });
  const onDone = { ...labelled("next"), ...to(next, rememberOutput(name, humanInput.kind)) };
  return { id: name, invoke: { ...invoke(entry, name, humanInput, shown), onDone } };
}

/** What a person did is a decision with a reason: what shows that it was done. */
export function manualNode(entry: StateEntry<ManualState<string>>): StateNode {
  const { name, state, next } = entry;
  const keep = rememberOutput(name, humanDecide.kind);
  const options = [
    { id: "done", label: "Done: say what shows it", danger: false, reasonNeeded: true },
    { id: "failed", label: "It cannot be done: say why", danger: true, reasonNeeded: true },
  ];
  const failed = state.onFailure ?? (state.critical === false ? next : "failed");
  return {
    id: name,
    // A graph tells it from a choice.
    meta: { byHand: true },
    invoke: {
      ...invoke(entry, name, humanDecide, (scope) => ({ ...state.shown(scope), options, evidence: true })),
      onDone: [
        { ...labelled("option", "done"), guard: chose("done"), ...to(next, keep) },
        { ...labelled("option", "failed"), ...to(failed, keep) },
      ],
    },
  };
}
