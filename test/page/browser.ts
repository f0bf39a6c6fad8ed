import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

/** Where a Chromium is, or undefined: tests that open a page need one, and say so when there is none. */
export const chromium = (process.env["PATH"] ?? "")
  .split(path.delimiter)
  .flatMap((dir) => ["chromium", "chromium-browser", "google-chrome"].map((name) => path.join(dir, name)))
  .find((file) => isExecutable(file));

if (chromium === undefined)
  process.stderr.write("\n*** SKIPPED: no chromium on PATH, so NO PAGE IS OPENED IN A BROWSER ***\n\n");

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

type Message = Readonly<Record<string, unknown>>;

/** A page in a real browser without a network, driven over a pipe. */
export interface Page {
  readonly send: (method: string, params?: Message) => Promise<Message>;
  readonly evaluate: (expression: string) => Promise<unknown>;
  readonly press: (key: string) => Promise<void>;
  /** What the browser complained about: errors, and whatever a policy refused. */
  readonly complaints: readonly string[];
  /** Every address that was asked for. */
  readonly requests: readonly string[];
}

/** Opens a browser for as long as `work` takes. */
export async function withBrowser<T>(
  work: (open: (file: string) => Promise<Page>) => Promise<T>,
): Promise<T> {
  const dir = mkdtempSync(path.join(os.tmpdir(), "browser-"));
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"];
  const offline = ["--host-resolver-rules=MAP * ~NOTFOUND", "--disable-background-networking"];
  const child = spawn(
    chromium ?? "",
    [...flags, ...offline, `--user-data-dir=${dir}`, "--remote-debugging-pipe", "about:blank"],
    {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
      env: { ...process.env, HOME: dir },
      detached: true,
    },
  );
  const ended = new Promise((resolve) => child.once("close", resolve));
  try {
    const wire = createWire(child.stdio[3] as Writable, child.stdio[4] as Readable);
    return await work((file) => openPage(wire, file));
  } finally {
    child.kill();
    await ended;
    endGroup(child.pid);
    await remove(dir);
  }
}

/** Helpers of a browser may outlive it for a moment, and write on. */
function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Lists the directory anew at each try, which the retries of `rmSync` do not. */
async function remove(dir: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      rmSync(dir, { recursive: true, force: true });
      return;
    } catch (error) {
      if (tries === 20) throw error;
      await sleep(50);
    }
  }
}

type Wire = ReturnType<typeof createWire>;

/** The DevTools protocol: JSON texts, each ended by a null. */
function createWire(input: Writable, output: Readable) {
  const waiting = new Map<number, (answer: Message) => void>();
  const listeners = new Set<(event: Message) => void>();
  let last = 0;
  let rest = "";
  output.setEncoding("utf8").on("data", (chunk: string) => {
    const parts = `${rest}${chunk}`.split("\0");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      const message = JSON.parse(part) as Message;
      const answered = waiting.get(Number(message["id"]));
      if (answered !== undefined) answered(message);
      else for (const listener of listeners) listener(message);
    }
  });
  return {
    listen: (listener: (event: Message) => void): void => void listeners.add(listener),
    send: async (method: string, params: Message = {}, sessionId?: string): Promise<Message> => {
      last += 1;
      const id = last;
      const answer = new Promise<Message>((resolve) => waiting.set(id, resolve));
      input.write(
        `${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`,
      );
      const { error, result } = await answer;
      if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
      return result as Message;
    },
  };
}

async function openPage(wire: Wire, file: string): Promise<Page> {
  const { targetId } = await wire.send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await wire.send("Target.attachToTarget", { targetId, flatten: true });
  const send = (method: string, params: Message = {}) => wire.send(method, params, String(sessionId));
  const complaints: string[] = [];
  const requests: string[] = [];
  const loaded = new Promise<void>((resolve) => {
    wire.listen((event) => {
      if (event["sessionId"] !== sessionId) return;
      const params = event["params"] as Readonly<Record<string, Message>>;
      if (event["method"] === "Page.loadEventFired") resolve();
      if (event["method"] === "Network.requestWillBeSent") requests.push(String(params["request"]?.["url"]));
      if (
        ["Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled"].includes(
          String(event["method"]),
        )
      )
        complaints.push(JSON.stringify(params));
      if (event["method"] === "Page.javascriptDialogOpening")
        complaints.push(`dialog ${JSON.stringify(params)}`);
    });
  });
  for (const domain of ["Page", "Runtime", "Log", "Network"]) await send(`${domain}.enable`);
  await send("Network.emulateNetworkConditions", {
    offline: true,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: -1,
  });
  await send("Page.navigate", { url: `file://${file}` });
  await loaded;
  return {
    send,
    complaints,
    requests,
    evaluate: async (expression) => {
      const { result, exceptionDetails } = await send("Runtime.evaluate", {
        expression,
        returnByValue: true,
      });
      if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
      return (result as Message)["value"];
    },
    press: async (key) => {
      const codes: Readonly<Record<string, number>> = {
        Home: 36,
        End: 35,
        ArrowLeft: 37,
        ArrowRight: 39,
        j: 74,
        k: 75,
      };
      const common = { key, code: key, windowsVirtualKeyCode: codes[key] ?? 0 };
      const text = key.length === 1 ? { text: key } : {};
      await send("Input.dispatchKeyEvent", { type: "keyDown", ...common, ...text });
      await send("Input.dispatchKeyEvent", { type: "keyUp", ...common });
    },
  };
}
