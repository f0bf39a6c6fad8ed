import type { ECS, Service } from "@aws-sdk/client-ecs";
import { RunbookError } from "../../model/error.ts";
import type { StepContext } from "../../model/step.ts";
import { look } from "../aws/ask.ts";
import { pause } from "../parts/waiting.ts";
import { findServiceDeployment, readServiceDeployment } from "./service-deployments.ts";
import { type DeploymentView, deploymentsOf, readService, type ServiceName } from "./service.ts";
import { readStoppedTasks, type StoppedTask, stopReason } from "./stopped-tasks.ts";
import { judge, lineOf, type Observation, type WatchedDeployment } from "./verdict.ts";

/** How long ECS may take to show a deployment that it has just made. */
const appearsWithin = 15_000;
/** How long a failed deployment's rollback is waited for. */
const rollsBackWithin = 60_000;

export interface WatchOptions extends ServiceName, WatchedDeployment {
  readonly timeoutMs: number;
  readonly stallMs: number;
  readonly pollSeconds: number;
}

/** How a watched deployment ended, and the last that was seen of everything. */
export interface WatchEnd {
  readonly outcome: "completed" | "rolledBack" | "superseded" | "stalled" | "failed";
  readonly reason: string;
  readonly last: Observation;
  readonly own: DeploymentView | undefined;
  readonly stopped: readonly StoppedTask[];
  readonly lastChangeAt: Date;
  readonly since: Date;
}

/** Watches one deployment until it is decided, stands still, or time is up. */
export class DeploymentWatch {
  readonly #ecs: ECS;
  readonly #ctx: StepContext;
  readonly #options: WatchOptions;
  readonly #startedAt: Date;
  readonly #told = new Set<string>();
  #lastChangeAt: Date;
  #lastPrint = "";
  #last: Observation | undefined;
  #own: DeploymentView | undefined;
  #recordArn: string | undefined;
  #failingSince: Date | undefined;
  #hasDoubted = false;
  #stopped: readonly StoppedTask[] = [];

  constructor(ecs: ECS, ctx: StepContext, options: WatchOptions) {
    this.#ecs = ecs;
    this.#ctx = ctx;
    this.#options = options;
    this.#startedAt = ctx.clock.now();
    this.#lastChangeAt = this.#startedAt;
  }

  async untilEnd(): Promise<WatchEnd> {
    for (;;) {
      const result = await look(this.#ctx, () => this.#observe());
      if ("seen" in result) await this.#note(result.seen);
      const verdict = this.#verdict();
      if (verdict && this.#last) return this.#end(verdict, this.#last);
      if (verdict && "error" in result) throw result.error;
      await pause(this.#ctx, this.#options.pollSeconds);
    }
  }

  #verdict(): Pick<WatchEnd, "outcome" | "reason"> | undefined {
    const now = this.#ctx.clock.now().getTime();
    const { timeoutMs, stallMs } = this.#options;
    const isOverdue = this.#own !== undefined || now - this.#startedAt.getTime() > appearsWithin;
    const isLate = now - this.#startedAt.getTime() >= timeoutMs;
    if (!this.#last)
      return isLate ? { outcome: "stalled", reason: "The service could not be read." } : undefined;
    const judgement = judge(this.#options, this.#last, isOverdue);
    // Nothing says that it failed, but the sign may have come just after the record was read.
    const isHasty = judgement.kind === "decided" && judgement.outcome === "superseded" && !this.#hasDoubted;
    if (isHasty) {
      this.#hasDoubted = true;
      return undefined;
    }
    if (judgement.kind === "decided") return judgement;
    if (judgement.kind === "failing") {
      this.#failingSince ??= new Date(now);
      return isLate || now - this.#failingSince.getTime() >= rollsBackWithin ? judgement : undefined;
    }
    if (isLate)
      return {
        outcome: "stalled",
        reason: `It had not ended after ${Math.round(timeoutMs / 1_000)} seconds.`,
      };
    const quiet = now - this.#lastChangeAt.getTime();
    if (quiet < stallMs) return undefined;
    return { outcome: "stalled", reason: `Nothing had changed for ${Math.round(quiet / 1_000)} seconds.` };
  }

  async #observe(): Promise<Observation> {
    // The record first: a service that is newer than its record is merely not decided yet, but an old view of the
    // service with a newer record would make a superseded deployment look like a stopped one.
    const record = await this.#optional(() => this.#readRecord());
    const service = await readService(this.#ecs, this.#ctx, this.#options);
    const deployments = deploymentsOf(service);
    this.#own = deployments.find(({ id }) => id === this.#options.deploymentId) ?? this.#own;
    const breaker = service.deploymentConfiguration?.deploymentCircuitBreaker;
    return {
      serviceStatus: service.status ?? "",
      rollsBack: breaker?.enable === true && breaker.rollback === true,
      deployments,
      events: eventsOf(service),
      record,
    };
  }

  async #readRecord(): Promise<Observation["record"]> {
    if (!this.#own) return undefined;
    this.#recordArn ??= await findServiceDeployment(this.#ecs, this.#ctx, this.#options, this.#own.createdAt);
    return this.#recordArn === undefined
      ? undefined
      : readServiceDeployment(this.#ecs, this.#ctx, this.#recordArn);
  }

  /** Details that help but do not decide: a role that may not read them can still watch. */
  async #optional<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      const isFatal = !(error instanceof RunbookError) || error.code.startsWith("CREDENTIALS_");
      if (isFatal) throw error;
      this.#tell(`not available: ${error.message}`);
      return undefined;
    }
  }

  async #note(seen: Observation): Promise<void> {
    const { id, failed } = this.#own ?? {};
    const before = this.#last?.deployments.find((deployment) => deployment.id === id)?.failed ?? 0;
    this.#last = seen;
    const newest = seen.events[0]?.id ?? "";
    const print = JSON.stringify([seen.deployments, newest, seen.record?.status]);
    if (print === this.#lastPrint) return;
    this.#lastPrint = print;
    this.#lastChangeAt = this.#ctx.clock.now();
    for (const event of this.#relevant(seen).toReversed()) this.#tell(`event: ${event.message}`, event.id);
    for (const deployment of seen.deployments.slice(0, 1)) this.#ctx.progress(lineOf(deployment));
    if ((failed ?? 0) > before) await this.#readStopped();
  }

  async #readStopped(): Promise<void> {
    const { deploymentId } = this.#options;
    const read = (): Promise<readonly StoppedTask[]> =>
      readStoppedTasks(this.#ecs, this.#ctx, this.#options, deploymentId);
    this.#stopped = (await this.#optional(read)) ?? this.#stopped;
    for (const task of this.#stopped) this.#tell(`task ${task.id} stopped: ${stopReason(task)}`);
  }

  async #end(verdict: Pick<WatchEnd, "outcome" | "reason">, last: Observation): Promise<WatchEnd> {
    await this.#readStopped();
    const record = await this.#optional(() => this.#readRecord());
    return {
      outcome: verdict.outcome,
      reason: verdict.reason,
      last: { ...last, events: this.#relevant(last), record: record ?? last.record },
      own: this.#own,
      stopped: this.#stopped,
      lastChangeAt: this.#lastChangeAt,
      since: this.#since(),
    };
  }

  /** Events of the time before the deployment belong to another story. */
  #relevant({ events }: Observation): Observation["events"] {
    const since = this.#since().getTime();
    return events.filter(({ at }) => at.getTime() >= since);
  }

  #since(): Date {
    return this.#own?.createdAt ?? this.#startedAt;
  }

  #tell(line: string, id = line): void {
    if (this.#told.has(id)) return;
    this.#told.add(id);
    this.#ctx.progress(line);
  }
}

function eventsOf(service: Service): Observation["events"] {
  return (service.events ?? []).map(({ id, createdAt, message }) => ({
    id: id ?? "",
    at: createdAt ?? new Date(0),
    message: message ?? "",
  }));
}
