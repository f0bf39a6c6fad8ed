import { visibleLine } from "../../redact/visible.ts";
import { clockOf, runningSteps, type Now } from "./footer-rows.ts";
import { labelOf } from "./names.ts";
import { statement, type Style } from "./scene.ts";

const every = 30_000;

/** Where nothing can be drawn anew, a line now and then says that a step still runs. */
export function createHeartbeat(): (
  now: Now & { readonly style: Style },
) => readonly { readonly run: string; readonly lines: readonly string[] }[] {
  const last = new Map<string, number>();
  return (now) => {
    const at = now.now.getTime();
    return runningSteps(now.summaries).flatMap((running) => {
      const { summary, step } = running;
      const key = `${summary.run}/${step.step}/${step.attempts}`;
      const since = last.get(key) ?? new Date(step.startedAt ?? summary.lastAt).getTime();
      if (at - since < every) return [];
      last.set(key, at);
      const word = `running ${clockOf(running, now)}`;
      const text = visibleLine(now.newest.get(`${summary.run}/${step.step}`) ?? "");
      const label = labelOf(summary, step.step);
      return [
        { run: summary.run, lines: statement(now.style, { mark: "wait", tone: "faint", label, word, text }) },
      ];
    });
  };
}
