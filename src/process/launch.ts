import { closeSync, constants, mkdirSync, openSync } from "node:fs";
import { access } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { RunbookError } from "../model/error.ts";
import type { Command } from "../model/step.ts";

/** Where a command's unredacted output goes until its outcome is stored. */
export interface RawFiles {
  readonly stdout: string;
  readonly stderr: string;
}

/** Names the raw files of the command whose records are in `folder`. */
export function rawFilesOf(rawDir: string, folder: string): RawFiles {
  const own = path.join(rawDir, path.basename(folder));
  return { stdout: path.join(own, "stdout"), stderr: path.join(own, "stderr") };
}

/** Starts the supervisor of a command, in a session and group of its own; the result settles when it ends. */
export function launch(command: Command, folder: string, raw: RawFiles): Promise<unknown> {
  mkdirSync(path.dirname(raw.stdout), { recursive: true, mode: 0o700 });
  const [stdout, stderr] = [openRaw(raw.stdout), openRaw(raw.stderr)];
  try {
    const supervisor = execa("/bin/sh", ["-c", script, folder, command.file, ...command.args], {
      cwd: command.cwd,
      env: { ...command.env },
      extendEnv: false,
      // A file, never a pipe: a pipe breaks when the engine dies, and then the command dies of SIGPIPE.
      stdin: "ignore",
      stdout,
      stderr,
      detached: true,
      cleanup: false,
      buffer: false,
      reject: false,
    });
    supervisor.unref();
    return supervisor;
  } finally {
    closeSync(stdout);
    closeSync(stderr);
  }
}

/** The command with the absolute path of its program; throws when it cannot be started. */
export async function findProgram(command: Command): Promise<Command> {
  const { file, args, cwd, env } = command;
  if ([file, ...args].some((argument) => argument.includes("\0") || !argument.isWellFormed())) {
    throw commandNotStarted(command, "an argument holds a null or half a surrogate pair");
  }
  await access(cwd, constants.X_OK).catch(() => {
    throw commandNotStarted(command, `there is no directory \`${cwd}\``);
  });
  // The shell would take a bare name for one of its own words, such as `exit`.
  const candidates = file.includes("/")
    ? [path.resolve(cwd, file)]
    : (env?.["PATH"] ?? "").split(":").map((directory) => path.resolve(cwd, directory, file));
  for (const candidate of candidates) {
    const isExecutable = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isExecutable) return { ...command, file: candidate };
  }
  throw commandNotStarted(command, `there is no program \`${file}\``);
}

/** The error for a command that did not run and will not. */
export function commandNotStarted({ name }: Command, why: string): RunbookError {
  return new RunbookError("COMMAND_NOT_STARTED", `The command \`${name}\` was not started: ${why}.`);
}

// Appending cannot destroy what another engine's supervisor has written to the same file.
function openRaw(file: string): Descriptor {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
  const descriptor = openSync(file, flags, 0o600);
  if (!isDescriptor(descriptor)) throw new Error(`\`${file}\` was opened as a standard stream`);
  return descriptor;
}

/** execa's types name the first descriptors only; it hands any of them on to the system as it is. */
type Descriptor = 3 | 4 | 5 | 6 | 7 | 8 | 9;

function isDescriptor(value: number): value is Descriptor {
  return Number.isInteger(value) && value > 2;
}

/**
 * The supervisor: a POSIX shell script that outlives the engine, called with the folder of the records as $0
 * and the command as its arguments.
 *
 * P1  The command runs only after `started` was created by this supervisor. The one who creates it first decides:
 *     an engine that creates it, marked abandoned, keeps the command from ever running. A hard link creates it
 *     with all its content at once.
 * P2  The command runs in the foreground: background children of a shell ignore SIGINT.
 * P3  INT and the like are trapped, not ignored: the command gets their usual effect, the shell lives on to
 *     write `exit`, which appears whole, by a rename.
 * P4  No variable of the command's environment changes: the script has none but $0 and its arguments outside
 *     of subshells, and the umask is the operator's again when the command runs.
 */
export const script = `
(
  umask 077
  if [ -r "/proc/$$/stat" ]; then
    IFS= read -r stat < "/proc/$$/stat" && IFS= read -r boot < /proc/sys/kernel/random/boot_id || exit 1
  else
    stat=$(LC_ALL=C /bin/ps -o lstart= -p "$$") && boot=$(/usr/sbin/sysctl -n kern.bootsessionuuid) || exit 1
  fi
  printf '%s\\n' "$$" "$stat" "$boot" > "$0/supervisor" && /bin/ln "$0/supervisor" "$0/started"
) 2>/dev/null || exit 125
ulimit -c 0 2>/dev/null
trap : HUP INT QUIT TERM
"$@"
set -- "$?"
trap '' HUP INT QUIT TERM
(
  umask 077
  printf '%s %s\\n' "$1" "$(/bin/date +%s)" > "$0/exit.new" && /bin/mv "$0/exit.new" "$0/exit"
) 2>/dev/null
`;
