import type { Gate } from "../../model/event.ts";
import { isExact, type Json, type JsonObject } from "../../model/json.ts";
import { visibleLine } from "../../redact/visible.ts";
import type { Asker, Choice } from "./questions.ts";
import { inWords, objectsOf, textOf } from "../../model/json-read.ts";

interface PromptField {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly required: boolean;
  readonly default: Json | undefined;
  readonly choices: readonly string[];
}

const nothing = ":nothing";

/** Asks for the values of an `input` gate one by one, then whether they are right. */
export async function askFields(gate: Gate, asker: Asker): Promise<JsonObject> {
  const fields = objectsOf(gate.shown["fields"]).map(readField);
  let values: JsonObject = {};
  for (;;) {
    for (const field of fields) {
      const value = await askField({ ...field, default: values[field.name] ?? field.default }, asker);
      const { [field.name]: _old, ...others } = values;
      values = value === undefined ? others : { ...others, [field.name]: value };
    }
    const shown = fields.map(({ name }) => `${name}=${inWords(values[name] ?? "")}`).join(", ");
    const answer = await asker.select(visibleLine(`Use ${shown}?`), [
      { value: "again", name: "Change something" },
      { value: "use", name: "Use these values" },
    ]);
    if (answer === "use") return values;
  }
}

function readField(field: JsonObject): PromptField {
  const choices = Array.isArray(field["choices"]) ? field["choices"].map(textOf) : [];
  return {
    name: textOf(field["name"]),
    label: textOf(field["label"]),
    type: textOf(field["type"]),
    required: field["required"] !== false,
    default: field["default"],
    choices: field["type"] === "boolean" ? ["false", "true"] : choices,
  };
}

async function askField(field: PromptField, asker: Asker): Promise<Json | undefined> {
  const text = field.choices.length > 0 ? await pick(field, asker) : await type(field, asker);
  if (text === "") return undefined;
  if (field.type === "boolean") return text === "true";
  return field.type === "integer" || field.type === "number" ? Number(text) : text;
}

async function pick(field: PromptField, asker: Asker): Promise<string> {
  const usual = field.default === undefined ? undefined : inWords(field.default);
  const first = (value: string): number => (value === usual ? 0 : 1);
  const choices: readonly Choice[] = field.choices
    .toSorted((a, b) => first(a) - first(b))
    .map((value) => ({ value, name: nameOf(field, value) }));
  const none: Choice = { value: nothing, name: "(leave it out)" };
  const value = await asker.select(visibleLine(field.label), field.required ? choices : [...choices, none]);
  return value === nothing ? "" : value;
}

function nameOf({ type: kind }: PromptField, value: string): string {
  if (kind !== "boolean") return visibleLine(value);
  return value === "true" ? "yes" : "no";
}

async function type(field: PromptField, asker: Asker): Promise<string> {
  const usual = field.default === undefined ? "" : inWords(field.default);
  const empty = usual === "" ? (field.required ? "" : " (may stay empty)") : ` (empty: ${usual})`;
  const check = (text: string): string | null => problemWith(field, text.trim() === "" ? usual : text.trim());
  const text = (await asker.text(visibleLine(field.label + empty), check)).trim();
  return text === "" ? usual : text;
}

function problemWith({ type: kind, required, name }: PromptField, text: string): string | null {
  if (text === "") return required ? `\`${visibleLine(name)}\` is needed.` : null;
  if (kind === "number") return isExact(Number(text)) ? null : "That is not a number.";
  if (kind !== "integer") return null;
  return /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? null : "That is not a whole number.";
}
