import { type Diagnostic } from "./diagnostic.ts";
import { boxed, plain } from "./human.ts";

/** The version that the stand-in imitates. */
export const terraformVersion = "1.11.4";

/** Where the text of a command goes. */
export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** What a command says, in the form that was asked for. */
export interface View {
  readonly json: boolean;
  readonly event: (type: string, message: string, fields?: Readonly<Record<string, unknown>>) => void;
  readonly diagnostic: (diagnostic: Diagnostic) => void;
}

/** One JSON object a line on stdout, as `-json` asks. */
export function jsonView({ out }: Streams): View {
  const line = (level: string, message: string, rest: Readonly<Record<string, unknown>>) =>
    out(
      `${JSON.stringify({ "@level": level, "@message": message, "@module": "terraform.ui", "@timestamp": stamp(), ...rest })}\n`,
    );
  return {
    json: true,
    event: (type, message, fields = {}) => line("info", message, { ...fields, type }),
    diagnostic: (diagnostic) => {
      const [level, word] = diagnostic.severity === "error" ? ["error", "Error"] : ["warn", "Warning"];
      line(level, `${word}: ${diagnostic.summary}`, { diagnostic, type: "diagnostic" });
    },
  };
}

/** What each resource does is told as it happens; what a plan holds is told by the plan's own text. */
const silent = new Set(["version", "planned_change", "resource_drift", "refresh_complete", "outputs"]);

export function humanView({ out, err }: Streams, style: "colour" | "plain"): View {
  return {
    json: false,
    event: (type, message) => {
      if (!silent.has(type)) out(`${message}\n`);
    },
    diagnostic: (diagnostic) => {
      const text = style === "plain" ? plain(diagnostic) : boxed(diagnostic);
      (diagnostic.severity === "error" ? err : out)(text);
    },
  };
}

export function versionEvent(view: View): void {
  view.event("version", `Terraform ${terraformVersion}`, { terraform: terraformVersion, ui: "1.2" });
}

/** Six digits of a second, because readers of the stream may expect them. */
function stamp(): string {
  return new Date().toISOString().replace("Z", "000Z");
}
