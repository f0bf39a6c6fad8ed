import { openWorkspace, type Workspace } from "../../runs/workspace.ts";
import type { Globals, Io, RunView } from "../io.ts";
import { placeOf } from "../record/record-place.ts";

/** A workspace, and the view that its steps' progress is shown in, once there is one. */
export interface OpenedWorkspace {
  readonly workspace: Workspace;
  readonly show: (view: RunView) => void;
}

/** Opens the workspace of this command line for as long as `work` takes. */
export async function withWorkspace(
  globals: Globals,
  io: Io,
  work: (opened: OpenedWorkspace) => Promise<number>,
): Promise<number> {
  let view: RunView | undefined;
  const { redactor } = io;
  const workspace = openWorkspace({
    ...placeOf(globals, io),
    // The edge's: an error that nobody expected must not tell a secret either.
    ...(redactor === undefined ? {} : { redactor }),
    onProgress: (run, step, line) => view?.progress(run, step, line),
  });
  try {
    const show = (shown: RunView): void => {
      view = shown;
    };
    return await work({ workspace, show });
  } finally {
    view?.close();
    workspace.close();
  }
}
