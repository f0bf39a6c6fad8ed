/** What a random runbook says, as data: the engine runs what is compiled from it, the reference reads it as it is. */
export interface Sketch {
  readonly id: string;
  readonly nodes: readonly Node[];
}

export type Kind = "sim.look" | "sim.call" | "sim.token" | "sim.program";

interface Common {
  readonly name: string;
  /** Where it goes on: a node's name or an end. */
  readonly next: string;
  /** Where a run that is cancelled here cleans up. */
  readonly onCancel: string | null;
}

/** What becomes of a failure that nothing else covers; when neither says so, a person decides. */
interface Fallible extends Common {
  readonly onFailure: string | null;
  readonly critical: boolean;
}

export interface StepNode extends Fallible {
  readonly type: "step";
  readonly kind: Kind;
  /** In place of what its kind says. */
  readonly timeout: "20s" | null;
  /** Where it goes on when its output says route 1, 2 ... */
  readonly routes: readonly string[];
  readonly rescue: readonly { readonly code: string; readonly to: string }[];
  readonly retry: { readonly times: number; readonly code: string } | null;
  readonly again: string | null;
  readonly skip: boolean;
  readonly criterion: boolean;
  /** Its mapper throws. */
  readonly broken: boolean;
}

export interface ChildNode extends Fallible {
  readonly type: "child";
  readonly child: Sketch;
}

/** A fork that needs nobody: away from the way when the last output of `of` was not good. */
export interface BranchNode extends Common {
  readonly type: "branch";
  readonly of: string;
  readonly to: string;
  /** Its condition throws. */
  readonly broken: boolean;
}

export interface ParallelNode extends Common {
  readonly type: "parallel";
  readonly branches: readonly (StepNode | ChildNode)[];
}

export type Node =
  | StepNode
  | ChildNode
  | BranchNode
  | ParallelNode
  | (Common & {
      readonly type: "gate";
      readonly onReject: string;
      readonly expires: "2m" | null;
      readonly approvals: 1 | 2;
    })
  | (Common & { readonly type: "choice"; readonly options: readonly [string, ...string[]] })
  | (Common & { readonly type: "ask" })
  | (Fallible & { readonly type: "manual" })
  | (Common & { readonly type: "wait"; readonly duration: "1ms" | "90s" | "2d" });

/** How steps fail here. */
export const codes = ["AWS_THROTTLED", "AWS_DENIED", "STEP_TIMED_OUT"] as const;

/** How long an attempt may take whose node says nothing about it. */
export const usualTimeout = "5m";

/** Every node, those inside parallel ones too. */
export function allNodes({ nodes }: Sketch): readonly Node[] {
  return nodes.flatMap((node): readonly Node[] =>
    node.type === "parallel" ? [node, ...node.branches] : [node],
  );
}

/** The runbooks inside this one. */
export function childrenOf(sketch: Sketch): readonly Sketch[] {
  return allNodes(sketch).flatMap((node) => (node.type === "child" ? [node.child] : []));
}
