/** Compiles the states at which a person answers. */
import { humanConfirm } from "../steps/human-confirm.ts";
import { humanDecide } from "../steps/human-decide.ts";
import { humanInput } from "../steps/human-input.ts";
import { chose, invoke, to, type Node, type Place, type Scene } from "./node.ts";
import { remember } from "./remember.ts";
import type { AskState, ChoiceState, GateState, ManualState, Scope } from "./states.ts";
import { labelled } from "./ways.ts";

export function gateNode(place: Place<GateState<string>>): Node {
  const { name, state, next } = place;
  const { approvals, approvers, expires } = state;
  const asked = Object.fromEntries(
    Object.entries({ approvals, approvers, expires }).filter(([, value]) => value !== undefined),
  );
  const shown = (scope: Scope<never>) => ({ ...(state.shown(scope) as object), ...asked });
  const keep = remember(name, humanConfirm.kind);
  return {
    id: name,
    invoke: {
      ...invoke(place, name, humanConfirm, shown),
      onDone: [
        {
          ...labelled("approved"),
          guard: ({ event }: Scene) => event["output"].approved === true,
          ...to(next, keep),
        },
        { ...labelled("rejected"), ...to(state.onReject, keep) },
      ],
    },
  };
}

export function choiceNode(place: Place<ChoiceState<string>>): Node {
  const { name, state } = place;
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
    ...labelled("option", option.label),
    guard: chose(id),
    ...to(option.to, remember(name, humanDecide.kind)),
  }));
  return { id: name, invoke: { ...invoke(place, name, humanDecide, shown), onDone } };
}

export function askNode(place: Place<AskState<string>>): Node {
  const { name, state, next } = place;
  const shown = (scope: Scope<never>) => ({ title: state.shown(scope), fields: state.form.fields });
  const onDone = { ...labelled("next"), ...to(next, remember(name, humanInput.kind)) };
  return { id: name, invoke: { ...invoke(place, name, humanInput, shown), onDone } };
}

/** What a person did is a decision with a reason: what shows that it was done. */
export function manualNode(place: Place<ManualState<string>>): Node {
  const { name, state, next } = place;
  const keep = remember(name, humanDecide.kind);
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
      ...invoke(place, name, humanDecide, (scope) => ({ ...state.shown(scope), options, evidence: true })),
      onDone: [
        { ...labelled("option", "done"), guard: chose("done"), ...to(next, keep) },
        { ...labelled("option", "failed"), ...to(failed, keep) },
      ],
    },
  };
}
