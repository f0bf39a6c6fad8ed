import type { Cloud } from "../aws/cloud.ts";
import type { Attributes } from "../config/config.ts";

/** What a call on AWS may use. */
export interface Calls {
  readonly cloud: Cloud;
  /** Ends the call in flight on this side; AWS may still carry it out. */
  readonly signal: AbortSignal;
}

/** How the stand-in reads, makes and removes objects of one kind. Each throws a `Failure` in the provider's words. */
export interface ResourceType {
  readonly schemaVersion: number;
  /** Attributes that only AWS can tell. */
  readonly computed: readonly string[];
  /** What the provider puts for attributes that the configuration leaves out. */
  readonly defaults: Attributes;
  /** Attributes that a change of does not need a new object for. */
  readonly updatable: readonly string[];
  /** Undefined when AWS no longer has it. */
  readonly read: (attributes: Attributes, calls: Calls) => Promise<Attributes | undefined>;
  readonly create: (values: Attributes, calls: Calls) => Promise<Attributes>;
  readonly update: (attributes: Attributes, values: Attributes, calls: Calls) => Promise<Attributes>;
  readonly destroy: (attributes: Attributes, calls: Calls) => Promise<void>;
}

/** An attribute that the schema says is text. */
export function text(attributes: Attributes, name: string): string {
  const value = attributes[name];
  return typeof value === "string" ? value : "";
}

export function number(attributes: Attributes, name: string): number {
  const value = attributes[name];
  return typeof value === "number" ? value : 0;
}
