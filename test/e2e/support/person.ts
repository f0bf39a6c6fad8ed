/** A person at a terminal of their own, which tmux draws: what is seen and typed is what a real one sees and types. */
import { execFileSync, spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { cli, type Place } from "./place.ts";

const socket = `runwright-people-${process.pid}`;

export const hasTmux = spawnSync("tmux", ["-V"]).status === 0;
if (!hasTmux)
  process.stderr.write("\nSKIPPED: there is no tmux, so nobody sits at a real terminal in these tests.\n\n");

/** Ends all terminals of this test file. */
export function closeTerminals(): void {
  if (hasTmux) spawnSync("tmux", ["-L", socket, "kill-server"]);
}

export interface Person {
  /** What is on the screen, and what has scrolled away. */
  readonly screen: () => string;
  readonly press: (...keys: readonly string[]) => void;
  readonly see: (what: RegExp | string, patience?: number) => Promise<string>;
  /** Presses again when nothing happened, as a person does. */
  readonly pressUntil: (key: string, what: RegExp | string) => Promise<string>;
  /** Types a line at a question and sees to it that all of it has arrived. */
  readonly answer: (question: RegExp | string, text: string) => Promise<void>;
}

let count = 0;

/** Sits a person down before `runwright` with these words; when it ends, `EXIT` and its code are shown. */
export function sitDown(place: Pick<Place, "dir" | "env">, words: readonly string[], columns = 80): Person {
  count += 1;
  const session = `person-${count}`;
  // By it what a program ran is counted, and tmux hands on nothing.
  const { NODE_V8_COVERAGE: counted } = process.env;
  const own = {
    ...place.env,
    LANG: "C.UTF-8",
    ...(counted === undefined ? {} : { NODE_V8_COVERAGE: counted }),
  };
  const env = Object.entries(own).map(([name, value]) => `${name}=${value}`);
  const shell = ["/bin/sh", "-c", 'trap : INT; "$@"; echo "EXIT $?"; read -r line', "sh"];
  const command = ["env", "-i", "TERM=screen", ...env, ...shell, process.execPath, cli, ...words];
  const size = ["-x", String(columns), "-y", "24"];
  tmux("new-session", "-d", ...size, "-s", session, "-c", place.dir, command.map(quoted).join(" "));
  const screen = (): string => tmux("capture-pane", "-p", "-J", "-S", "-2000", "-t", session);
  const press = (...keys: readonly string[]): void => void tmux("send-keys", "-t", session, ...keys);
  const see = async (what: RegExp | string, patience = 20_000): Promise<string> => {
    for (const deadline = Date.now() + patience; ; await sleep(50)) {
      const seen = screen();
      if (typeof what === "string" ? seen.includes(what) : what.test(seen)) return seen;
      if (Date.now() > deadline) throw new Error(`Never saw ${String(what)} in:\n${seen}`);
    }
  };
  const pressUntil = async (key: string, what: RegExp | string): Promise<string> => {
    for (let left = 12; ; left -= 1) {
      press(key);
      try {
        return await see(what, 900);
      } catch (error) {
        if (left === 0) throw error;
      }
    }
  };
  const answer = async (question: RegExp | string, text: string): Promise<void> => {
    await see(question);
    for (let left = 12; left > 0; left -= 1) {
      tmux("send-keys", "-t", session, "-l", text);
      // Behind the question: the question itself may say what to type.
      const arrived = await see(new RegExp(`: ${text}\\s*$`, "m"), 900).catch(() => undefined);
      if (arrived !== undefined) break;
      press("C-u");
    }
    press("Enter");
  };
  return { screen, press, see, pressUntil, answer };
}

function tmux(...args: readonly string[]): string {
  return execFileSync("tmux", ["-L", socket, "-f", "/dev/null", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
