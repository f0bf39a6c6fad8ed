import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { wrongAt, type FollowedAllowances } from "../../src/audit/allowed.ts";
import { afterEvent, noAllowances, permitFor, type Write } from "../../src/model/allowance.ts";
import type { Actor, Cover, EventData, EventType, RunEvent } from "../../src/model/event.ts";
import { randomFrom } from "../redact/random.ts";

/** What each verifier says of a log: of each start who may allow it, and of each event whether anything is wrong. */
interface Said {
  readonly permits: readonly (readonly [by: string | null, refused: string | null, former: string | null])[];
  readonly wrong: readonly number[];
}

const ask = `
import json, sys
sys.path.insert(0, "verifier")
sys.dont_write_bytecode = True
import verify
for line in sys.stdin:
    known, permits, wrong = {}, [], []
    for event in json.loads(line):
        if event["type"] == "step.started": permits.append(verify.permit(known, event["data"], event["at"]))
        need = lambda holds, *why: holds or wrong.append(event["seq"])
        verify.allowed(event, event["data"], known, need, None, [])
    print(json.dumps({"permits": permits, "wrong": sorted(set(wrong))}))
`;

function theirs(logs: readonly (readonly RunEvent[])[]): readonly Said[] | null {
  const input = logs.map((log) => JSON.stringify(log)).join("\n");
  const options = { input, encoding: "utf8", maxBuffer: 2 ** 28 } as const;
  const { stdout, stderr, error } = spawnSync("python3", ["-c", ask], options);
  if (error !== undefined) return null;
  expect(stderr).toBe("");
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Said);
}

function ours(log: readonly RunEvent[]): Said {
  const followed: FollowedAllowances = { allowances: new Map(), covering: new Set(), accepted: [] };
  const permits: Said["permits"][number][] = [];
  const wrong: number[] = [];
  for (const event of log) {
    if (event.type === "step.started") permits.push(permitOf(event, followed));
    if (wrongAt(event, followed) !== null) wrong.push(event.seq);
  }
  return { permits, wrong };
}

function writeOf({ step, key, risk, binds = [], accepted }: EventData["step.started"]): Write {
  return { step, key, risk, binds, isAccepted: accepted !== undefined };
}

function permitOf(
  { run, at, data }: Extract<RunEvent, { type: "step.started" }>,
  { allowances }: FollowedAllowances,
): Said["permits"][number] {
  const permit = permitFor(allowances.get(run) ?? noAllowances, writeOf(data), at);
  return "refused" in permit ? [null, permit.refused, permit.former] : [permit.by, null, null];
}

const steps = ["apply", "deploy", "notify"] as const;
const names = ["ana", "bob", "cem", "root (SUDO_USER=ana)", "bob (sudo by cem)"] as const;

/** A run that an honest engine would have recorded, or almost: `honesty` of 10 events are as its rule wants them. */
function drawLog(seed: number, honesty: number): readonly RunEvent[] {
  const draw = randomFrom(seed);
  const pick = <T>(all: readonly [T, ...T[]]): T => all[draw(all.length)] ?? all[0];
  const chance = (of: number): boolean => draw(of) === 0;
  const log: RunEvent[] = [];
  const openings = new Map<string, number>();
  const gates: string[] = [];
  let known = noAllowances;
  let now = Date.UTC(2026, 10, 22);

  const later = (seconds: number): string => new Date(now + seconds * 1_000).toISOString();
  function tell<T extends EventType>(type: T, actor: Actor, data: EventData[T]): void {
    now += draw(20_000);
    const event = { seq: log.length + 1, run: "r", type, at: later(0), actor, data, artifacts: [] };
    log.push(event as unknown as RunEvent);
    known = afterEvent(known, event as unknown as RunEvent);
  }
  const person = (): Actor => ({ kind: "human", id: pick(names), identified: "os-user" });
  const engine: Actor = { kind: "engine", id: "runwright", identified: "engine" };
  const anybody = (): Actor =>
    chance(6) ? { ...person(), kind: pick(["policy", "practice", "engine", "agent"]) } : person();
  const bound = (): string => `${pick(["plan", "task"])}:${pick(["a", "b"])}`;
  /** What no gate has shown, now and then. */
  const about = (): string => (chance(2) ? `${pick(["plan", "task"])}:c` : bound());

  function open(): void {
    const step = pick(["ask", "choose", ...steps]);
    const nth = (openings.get(step) ?? 0) + 1;
    openings.set(step, nth);
    const gate = nth === 1 ? step : `${step}#${nth}`;
    const covers = steps.flatMap((state): readonly Cover[] => {
      if (chance(3)) return [];
      return [{ state, times: 1 + draw(2), ...(chance(3) ? { option: pick(["yes", "no"]) } : {}) }];
    });
    gates.push(gate);
    tell("gate.opened", engine, {
      gate,
      step,
      kind: pick(["approval", "choice", "inDoubt"]),
      risk: pick(["low", "medium", "high"]),
      expiresAt: chance(3) ? later(draw(60)) : null,
      approvers: pick<EventData["gate.opened"]["approvers"]>(["anyone", "anyone", "others", ["ana", "bob"]]),
      ...(chance(4) ? { approvals: 2 } : {}),
      ...(chance(8) ? {} : { covers, binds: [bound(), bound()].slice(draw(2)) }),
      options: [],
    } as unknown as EventData["gate.opened"]);
  }

  function start(): void {
    const step = pick(steps);
    const started = {
      step,
      key: pick(["k1", "k2", "k3"]),
      effect: chance(8) ? "read" : "write",
      kind: pick(["own.kind", "terraform.apply"]),
      input: { sha256: pick(["a", "b"]) },
      risk: pick<"low" | "medium" | "high">(["low", "medium", "high", "high"]),
      binds: [about()].slice(chance(4) ? 1 : 0),
      ...(chance(5) ? { accepted: "it is harmless" } : {}),
    } as unknown as EventData["step.started"];
    const permit = permitFor(known, writeOf(started), later(0));
    const isHonest = draw(10) < honesty;
    if (isHonest && "refused" in permit) return;
    const by =
      isHonest && "by" in permit ? permit.by : chance(3) ? null : (gates[draw(gates.length)] ?? null);
    tell("step.started", engine, { ...started, ...(by === null ? {} : { allowedBy: by }) });
  }

  function answer(): void {
    const gate = (chance(2) ? gates.at(-1) : gates[draw(gates.length)]) ?? "nowhere";
    const useBy = chance(4) ? null : later(draw(90));
    const bare = { gate, digest: "", reason: "" };
    const type = pick([
      "granted",
      "granted",
      "granted",
      "chosen",
      "chosen",
      "denied",
      "revoked",
      "used",
      "closed",
    ]);
    if (type === "granted") tell("approval.granted", anybody(), { ...bare, useBy });
    if (type === "chosen")
      tell("decision.made", anybody(), {
        ...bare,
        choice: pick(["yes", "no", "cancel"]),
        output: null,
        useBy,
      });
    if (type === "denied") tell("approval.denied", person(), bare);
    if (type === "revoked") tell("approval.revoked", person(), bare);
    if (type === "used") tell("approval.used", engine, bare);
    if (type === "closed") tell("gate.closed", engine, { gate, why: "expired" });
  }

  const target = chance(4) ? null : { practice: chance(3) ? "http://127.0.0.1" : null };
  const parent = chance(4) ? { run: "p", step: "s", requester: pick(names) } : null;
  tell("run.started", person(), { target, parent } as unknown as EventData["run.started"]);
  for (let left = 4 + draw(30); left > 0; left -= 1) {
    const what = draw(22);
    if (what < 5) open();
    else if (what < 12) answer();
    else if (what < 18) start();
    else if (what === 18)
      tell("step.succeeded", engine, { step: pick(steps), attempt: 1, output: null, made: [bound()] });
    else if (what === 19 && chance(3)) tell("cancel.requested", person(), { reason: "" });
    else if (what === 20 && chance(3)) tell("run.migrated", person(), {} as EventData["run.migrated"]);
    else if (what === 21)
      tell("lease.acquired", engine, {
        approves: chance(2) ? ["low"] : undefined,
      } as unknown as EventData["lease.acquired"]);
  }
  return log;
}

test(
  "verify.py judges every approval and write as this program does, in honest and in forged logs",
  { timeout: 120_000 },
  () => {
    const logs = Array.from({ length: 6_000 }, (_, seed) =>
      drawLog(seed * 2_654_435_761 + 1, [10, 8, 0, 0][seed % 4] ?? 0),
    );
    const said = theirs(logs);
    if (said === null) return console.warn("SKIPPED: no python3 here, so the two rules are not compared.");
    const all = logs.map(ours);
    const unlike = logs.flatMap((log, nth) =>
      JSON.stringify(all[nth]) === JSON.stringify(said[nth])
        ? []
        : [{ log, ours: all[nth], theirs: said[nth] }],
    );
    expect(unlike.slice(0, 1)).toEqual([]);
    const verdicts = all.flatMap(({ permits }) =>
      permits.map(([by, refused]) => refused ?? (by === null ? "free" : "allowed")),
    );
    for (const verdict of ["allowed", "free", "APPROVAL_MISSING", "APPROVAL_EXPIRED", "APPROVAL_VOID"])
      expect({ verdict, isFrequent: verdicts.filter((one) => one === verdict).length > 100 }).toEqual({
        verdict,
        isFrequent: true,
      });
  },
);
