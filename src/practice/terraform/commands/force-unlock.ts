import { awsFailure } from "../aws/aws-failure.ts";
import { PlainFailure } from "../terminal/diagnostic.ts";
import { openWorkspace, type Session } from "../state/session.ts";

/** `force-unlock -force ID`: removes the lock if it has that ID. */
export async function forceUnlock(session: Session): Promise<number> {
  const [id] = session.args.positional;
  if (id === undefined) throw new PlainFailure("Expected a single argument: LOCK_ID");
  const { backend } = await openWorkspace(session);
  if (!session.args.has("force")) throw new PlainFailure("Error asking for confirmation: EOF");
  try {
    await backend.unlock(id);
  } catch (cause) {
    if (cause instanceof PlainFailure) throw new PlainFailure(`Failed to unlock state: ${cause.message}`);
    throw awsFailure("Failed to unlock state", "S3: GetObject", cause);
  }
  session.streams.out(
    "Terraform state has been successfully unlocked!\n\nThe state has been unlocked: commands can take the lock again.\n",
  );
  return 0;
}
