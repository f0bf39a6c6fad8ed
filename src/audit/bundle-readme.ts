import { fingerprintOf } from "../model/head-note.ts";
import type { StoredRow } from "../model/verify.ts";

/** What a bundle says of itself, for a reader who has never heard of runwright. */
export function readme(
  {
    runs,
    to,
    key,
    log,
    withheld,
  }: {
    readonly runs: readonly string[];
    readonly to: string;
    readonly key: string | null;
    readonly log: string;
    readonly withheld: ReadonlySet<number>;
  },
  end: StoredRow | undefined,
): string {
  const [run = "?", ...children] = runs;
  const inside = children.length === 0 ? "" : `, with its child runs ${children.join(", ")}`;
  const without =
    withheld.size === 0
      ? "Nothing of these runs is withheld."
      : `The data of ${withheld.size} events is withheld.`;
  return `# The record of run ${run}

Made for ${oneLine(to)}${inside}. ${without}

## Verify it

    python3 verify.py .

needs Python 3 and openssl, no network, and nothing of runwright: read the program first, it is short. PASS and FAIL are what they say. UNKNOWN
means that there was nothing to compare with, or that data is withheld.

The person who made this bundle could have made all of it again, with another key. Only something that did not come with it shows that: a copy of the
log's anchor file that you kept, or the key's fingerprint that you were told before.

    python3 verify.py --anchor my-copy.log .

- log: ${log}
- head: ${end?.seq ?? 0} ${end?.hash ?? ""}
- key: ${key === null ? "none" : fingerprintOf(key)}

## What is in it

- \`events.jsonl\`: one event a line, exactly as stored, in the order of \`seq\`. The envelope ends before \`,"artifacts":\`; put a closing brace there, and
  SHA-256 over a zero byte and that text is the event's hash, which the next event names as \`prev\`. The rest, with an opening brace before it, has
  the SHA-256 \`commitment\`. Events without data belong to other runs of the same log, or are withheld.
- \`blobs/\`: evidence, each file named by its SHA-256, which events name under \`artifacts\`.
- \`runbooks/\`: the runbook as it was run, named by the SHA-256 that \`run.started\` names. It is a program: read it, do not run it.
- \`anchors.txt\`: the log's head at some times (\`seq hash\`), and where it was signed \`seq hash fingerprint signature\`. Signed is
  \`runwright head\`, the log, \`seq\` and \`hash\`, each with a line feed after it (Ed25519).
- \`key.pem\`: the public key; its fingerprint is the SHA-256 of its DER form.
`;
}

/** A recipient's name is free text: it stays within its line, and says nothing in Markdown. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{C}\s]+/gu, " ").replaceAll(/[\\`*_[\]<>#|]/g, "\\$&");
}
