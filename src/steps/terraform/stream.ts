import { parsedJson } from "../../model/json-read.ts";
import { z } from "zod";

const Resource = z.looseObject({ addr: z.string(), resource_type: z.string().default("") });

const Change = z.looseObject({ resource: Resource, action: z.string(), reason: z.string().optional() });
const Hook = z.looseObject({ resource: Resource, action: z.string().default("") });

const Diagnostic = z.looseObject({
  severity: z.string(),
  summary: z.string(),
  detail: z.string().default(""),
  address: z.string().optional(),
});

/** One line of terraform's `-json` output; later versions may add types and members. */
const TerraformMessage = z.looseObject({
  "@message": z.string(),
  type: z.string(),
  change: z.unknown().optional(),
  hook: z.unknown().optional(),
  diagnostic: z.unknown().optional(),
});

export type TerraformMessage =
  | {
      readonly type: "planned";
      readonly text: string;
      readonly address: string;
      readonly resourceType: string;
      readonly action: string;
    }
  | {
      readonly type: "started" | "completed" | "errored";
      readonly text: string;
      readonly address: string;
      readonly action: string;
    }
  | { readonly type: "diagnostic"; readonly text: string; readonly diagnostic: z.output<typeof Diagnostic> }
  | { readonly type: "note" | "other"; readonly text: string };

const applying = { apply_start: "started", apply_complete: "completed", apply_errored: "errored" } as const;

/** What a person who watches wants to read although it is about no change. */
const notes = new Set(["change_summary", "apply_progress", "state_lock_acquire", "log", "init_output"]);

/** Reads a line, or gives undefined when it is not one of the stream: a killed terraform leaves half a line. */
function readMessage(line: string): TerraformMessage | undefined {
  const message = TerraformMessage.safeParse(parsedJson(line)).data;
  if (message === undefined) return undefined;
  const { "@message": text, type } = message;
  if (type === "planned_change") {
    const change = Change.safeParse(message.change).data;
    if (change === undefined) return undefined;
    const { addr, resource_type } = change.resource;
    return { type: "planned", text, address: addr, resourceType: resource_type, action: change.action };
  }
  if (isApplying(type)) {
    const hook = Hook.safeParse(message.hook).data;
    return hook && { type: applying[type], text, address: hook.resource.addr, action: hook.action };
  }
  if (type === "diagnostic") {
    const diagnostic = Diagnostic.safeParse(message.diagnostic).data;
    return diagnostic && { type: "diagnostic", text, diagnostic };
  }
  return { type: notes.has(type) ? "note" : "other", text };
}

export function readStream(text: string): readonly TerraformMessage[] {
  return text
    .split("\n")
    .map(readMessage)
    .filter((message) => message !== undefined);
}

/** The line that a person reads while terraform works, or undefined when there is nothing new in it. */
export function progressLine(line: string): string | undefined {
  const message = readMessage(line);
  if (message === undefined || message.type === "other") return undefined;
  return message.text.trim().split("\n")[0]?.slice(0, 240);
}

function isApplying(type: string): type is keyof typeof applying {
  return type in applying;
}
