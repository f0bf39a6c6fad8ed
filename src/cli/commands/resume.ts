import { runToResume } from "../../runs/find-run.ts";
import type { VersionFlags } from "../drive/choose-version.ts";
import type { DriveFlags } from "../drive/drive-flags.ts";
import { resumeAndDrive } from "../drive/resume-and-drive.ts";
import { withWorkspace } from "../drive/with-workspace.ts";
import type { Globals, Io } from "../io.ts";

export interface ResumeArgs extends DriveFlags, VersionFlags {
  /** Without one, the only unfinished run. */
  readonly run: string | null;
}

/** Takes an unfinished run on from where it stands. */
export async function resume(args: ResumeArgs, globals: Globals, io: Io): Promise<number> {
  return withWorkspace(globals, io, (opened) => {
    const id = runToResume(opened.workspace.store, args.run);
    return resumeAndDrive({ ...args, ...opened, id }, globals, io);
  });
}
