import { inspect } from "node:util";
import { z } from "zod";

/** A value that cannot be printed by accident. */
export class Secret {
  readonly #value: string;
  readonly name: string;

  constructor(name: string, value: string) {
    this.name = name;
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return `[secret ${this.name}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  /** @internal Its type would ask an author for the types of Node. */
  [inspect.custom](): string {
    return this.toString();
  }
}

const reference = /^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/;

/**
 * The schema of a secret input. Only a reference is ever stored (`env:NAME` or `file:PATH`);
 * it is resolved when a step needs it, on the machine where the step runs.
 */
export const secretReference = z
  .string()
  .regex(reference, "must be a reference to the secret (`env:NAME` or `file:PATH`), never its value")
  .meta({ secret: true });
