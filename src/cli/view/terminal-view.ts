import { covers, type Policy } from "../../engine/policy.ts";
import { columnsOf } from "../../model/display-width.ts";
import type { Gate, RunEvent } from "../../model/event.ts";
import type { RunSummary } from "../../model/summary.ts";
import { visible, visibleLine } from "../../redact/visible.ts";
import type { Globals, RunView, ViewIo } from "../io.ts";
import { lookOf, type RenderContext, type Style } from "./render-context.ts";
import { linesOf } from "./event-lines.ts";
import { footerRows, callFor, titleOf, createHeartbeat } from "./footer-rows.ts";
import { renderBanner } from "./banner.ts";
import { renderGate, rowsForGate } from "./gate.ts";
import { createFold } from "./progress.ts";
import { createScreen, type Screen } from "./screen.ts";
import { isObject } from "../../model/json-read.ts";
import { wrap } from "./text.ts";

export interface TerminalViewOptions {
  readonly color: Globals["color"];
  /** The root run; all others are child runs. */
  readonly run: string;
  /** Tell every progress line. */
  readonly verbose?: boolean;
  /** How long a step of a kind may take, where its input does not say. */
  readonly limitOf?: (kind: string) => string | undefined;
  /** The last live row, instead of how the run is stopped. */
  readonly footnote?: () => string;
  /** Whether the terminal may ring and notify at a gate, and names its window after the run. */
  readonly attention?: boolean;
  /** What need not be asked: it is said in the banner, and the terminal does not ring for it. */
  readonly policy?: Policy | undefined;
}

const tick = 250;
const nested = "    ";

/** Tells a run as it happens: append-only history, and below it a few live rows where the terminal can do that. */
export function createTerminalView(io: ViewIo, options: TerminalViewOptions): RunView {
  return new TerminalView(io, options);
}

class TerminalView implements RunView {
  readonly #io: ViewIo;
  readonly #options: TerminalViewOptions;
  readonly #style: Omit<Style, "width">;
  readonly #screen: Screen;
  readonly #fold: ReturnType<typeof createFold>;
  readonly #heartbeat = createHeartbeat();
  readonly #timer: NodeJS.Timeout;
  readonly #summaries = new Map<string, RunSummary>();
  /** By `run/gate`: what was on the screen. */
  readonly #gates = new Map<string, Gate>();
  /** By `run/step`. */
  readonly #newest = new Map<string, string>();
  readonly #limits = new Map<string, string>();
  readonly #starts = new Map<string, string>();
  #frame = 0;

  constructor(io: ViewIo, options: TerminalViewOptions) {
    this.#io = io;
    this.#options = options;
    this.#style = lookOf(io, options.color);
    this.#screen = createScreen(io, () => this.#draw());
    this.#fold = createFold(options.verbose ?? false);
    this.#timer = setInterval(() => this.#tick(), tick);
    // Watching must never keep a run's process alive.
    this.#timer.unref();
  }

  readonly events = (events: readonly RunEvent[], summaries: ReadonlyMap<string, RunSummary>): void => {
    for (const [run, summary] of summaries) {
      const isNew = !this.#summaries.has(run);
      this.#summaries.set(run, summary);
      if (isNew) this.#introduce(summary, events);
    }
    for (const event of events) this.#tell(event);
    for (const summary of summaries.values()) this.#showOpenGates(summary);
    if (this.#options.attention ?? true) this.#screen.title(titleOf(this.#options.run, this.#summaries));
    this.#draw();
  };

  readonly progress = (run: string, step: string, line: string): void => {
    const key = `${run}/${step}`;
    this.#newest.set(key, line);
    if (this.#fold.add(key, line)) this.#say(run, this.#progressLines(run, line));
    this.#draw();
  };

  readonly note = (text: string): void => {
    const { run } = this.#options;
    this.#screen.say(visible(text).split("\n"), { run, at: this.#io.now().toISOString() });
  };

  readonly pause = (): void => this.#screen.pause();
  readonly resume = (): void => this.#screen.resume();

  readonly close = (): void => {
    clearInterval(this.#timer);
    this.#screen.close();
  };

  /** A run that is resumed has begun before this view: its start is told all the same. */
  #introduce(summary: RunSummary, events: readonly RunEvent[]): void {
    const isTold = events.some(({ run, type }) => run === summary.run && type === "run.started");
    if (!isTold && summary.endedAt === null) this.#say(summary.run, renderBanner(this.#context(summary)));
  }

  #tell(event: RunEvent): void {
    const summary = this.#summaries.get(event.run);
    if (summary === undefined) return;
    this.#remember(event);
    this.#unfold(event);
    if (event.type === "gate.opened" && summary.gates.some(({ gate }) => gate === event.data.gate))
      this.#call(summary, event.data);
    this.#say(event.run, linesOf(event, this.#context(summary)), event.at);
  }

  #remember(event: RunEvent): void {
    if (event.type === "gate.opened") this.#gates.set(`${event.run}/${event.data.gate}`, event.data);
    if (event.type === "child.started") this.#starts.set(`${event.run}/${event.data.step}`, event.at);
    if (event.type !== "step.started") return;
    const { step, kind, input } = event.data;
    const own = isObject(input) ? input["timeout"] : undefined;
    const limit = typeof own === "string" ? own : this.#options.limitOf?.(kind);
    this.#starts.set(`${event.run}/${step}`, event.at);
    this.#newest.delete(`${event.run}/${step}`);
    if (limit !== undefined) this.#limits.set(`${event.run}/${step}`, limit);
  }

  /** What was held back of an attempt is told when it has ended, all the more when it has failed. */
  #unfold(event: RunEvent): void {
    if (!("step" in event.data) || !/^step\.(succeeded|failed|cancelled|inDoubt)$/.test(event.type)) return;
    const { step } = event.data;
    const how = event.type === "step.failed" ? "failed" : "else";
    const { lines, left } = this.#fold.end(`${event.run}/${step}`, how);
    const { more, bar } = this.#style.symbols;
    const hint = `  ${bar} ${more} ${left} more: runwright logs ${event.run} ${visibleLine(step)}`;
    if (left > 0) this.#say(event.run, [this.#style.paint.faint(hint)]);
    for (const line of lines) this.#say(event.run, this.#progressLines(event.run, line));
  }

  #showOpenGates(summary: RunSummary): void {
    for (const gate of summary.gates) {
      const key = `${summary.run}/${gate.gate}`;
      if (this.#gates.has(key)) continue;
      this.#gates.set(key, gate);
      const context = this.#context(summary);
      this.#say(summary.run, [
        "",
        ...renderGate(gate, summary, context.width, { ...context, rows: rowsForGate(gate) }),
      ]);
      this.#call(summary, gate);
    }
  }

  #call(summary: RunSummary, gate: Gate): void {
    const { attention = true, policy } = this.#options;
    if (attention && !covers(policy, gate)) this.#screen.call(callFor(summary, gate));
  }

  #progressLines(run: string, line: string): readonly string[] {
    const { bar } = this.#style.symbols;
    const lines = wrap(visibleLine(line), this.#screen.width() - this.#indentOf(run).length - 4);
    return lines.map((part) => this.#style.paint.faint(`  ${bar} ${part}`));
  }

  #context(summary: RunSummary): RenderContext {
    const own = this.#indentOf(summary.run) === "" ? 0 : nested.length + summary.run.length + 1;
    return {
      ...this.#style,
      width: this.#screen.width() - own,
      summary,
      approves: this.#options.policy?.approves ?? [],
      now: this.#io.now(),
      gateOf: (gate) => this.#gates.get(`${summary.run}/${gate}`),
      startOf: (step) => this.#starts.get(`${summary.run}/${step}`) ?? null,
    };
  }

  #indentOf(run: string): string {
    return run === this.#options.run || this.#screen.isLog ? "" : nested;
  }

  #say(run: string, lines: readonly string[], at = this.#io.now().toISOString()): void {
    const indent = this.#indentOf(run);
    const first = lines.findIndex((line) => columnsOf(line) > 0 && !line.startsWith(" "));
    const id = this.#style.paint.faint(run);
    const placed = lines.map((line, index) =>
      index === first ? `${indent}${id} ${line}` : `${indent}${line}`,
    );
    this.#screen.say(indent === "" ? lines : placed, { run, at });
  }

  #tick(): void {
    this.#frame += 1;
    if (this.#screen.isLive()) return this.#draw();
    const news = { ...this.#now(), style: { ...this.#style, width: this.#screen.width() } };
    for (const { run, lines } of this.#heartbeat(news)) this.#say(run, lines);
  }

  #now() {
    return {
      root: this.#options.run,
      summaries: this.#summaries,
      newest: this.#newest,
      limits: this.#limits,
      now: this.#io.now(),
      frame: this.#frame,
      footnote: this.#options.footnote?.() ?? null,
    };
  }

  #draw(): void {
    const width = this.#screen.width();
    if (this.#screen.isLive()) this.#screen.draw(footerRows(this.#now(), { ...this.#style, width }));
  }
}
