import { parse } from "zod";
import missingSecret from "../../runbooks/missing-secret.ts";
import { redisSg } from "../../runbooks/redis-sg.ts";
import type { Duration } from "../../src/model/duration.ts";
import type { Json, JsonObject } from "../../src/model/json.ts";
import type { Runbook } from "../../src/runbook/types.ts";
import type { Fake } from "../../src/testing/fake.ts";
import { redisFakes, redisInput, secretFakes, secretInput } from "../runbooks/incident-fakes.ts";
import { compileSketch } from "./compile.ts";
import { createDice } from "./dice.ts";
import { Outline } from "./outline.ts";
import { Reference, type Follower } from "./reference.ts";
import { randomSketch } from "./random-sketch.ts";
import { allNodes, childrenOf, usualTimeout, type Kind, type Sketch } from "./sketch.ts";

/** A step of a run. */
export interface Place {
  readonly runbook: string;
  readonly step: string;
  readonly kind: string;
}

/** What is run in a simulation, what its steps tell, and who follows its events. */
export interface Shape {
  readonly runbook: Runbook;
  readonly input: JsonObject;
  /** All that a step may return: first what it usually does. */
  readonly outputs: (place: Place) => readonly [Json, ...Json[]];
  readonly kindOf: (kind: string) => Kind;
  /** How long an attempt may take, where the runbook says so. */
  readonly limitOf: (place: Place) => Duration | undefined;
  readonly follower: (runbook: string) => Follower;
}

/** Compiled once: a runbook of its own for every seed would take more time than what happens to it. */
const sketched = new Map<number, Shape>();
const sketches = 600;

/** Most seeds live on a random runbook, a few on those that ship. */
export function shapeOf(seed: number): Shape {
  if (seed % 100 === 50) return seed % 200 === 50 ? tainting : replacing;
  if (seed % 100 === 75) return redis;
  const number = seed % sketches;
  const shape = sketched.get(number) ?? sketchedShape(randomSketch(createDice(-number)));
  sketched.set(number, shape);
  return shape;
}

function sketchedShape(sketch: Sketch): Shape {
  const all = [sketch, ...childrenOf(sketch)];
  const sketchOf = (id: string): Sketch => all.find((one) => one.id === id) ?? sketch;
  return {
    runbook: compileSketch(sketch),
    input: {},
    outputs: () => [
      { route: 0, good: true },
      { route: 1, good: true },
      { route: 0, good: false },
    ],
    // The sketches know no others.
    kindOf: (kind) => kind as Kind,
    limitOf: ({ runbook, step }) => {
      const node = allNodes(sketchOf(runbook)).find(({ name }) => name === step);
      return (node?.type === "step" ? node.timeout : null) ?? usualTimeout;
    },
    follower: (id) => new Reference(sketchOf(id)),
  };
}

/** How the effects of the steps that ship behave: with a process, with a token, or with neither. */
const kinds: Readonly<Record<string, Kind>> = {
  "terraform.apply": "sim.program",
  "terraform.taint": "sim.program",
  "terraform.force-unlock": "sim.program",
  "ecs.update-service": "sim.call",
  "notify.webhook": "sim.token",
};

function shipped(
  runbook: Runbook,
  input: JsonObject,
  fakes: readonly Fake[],
  guards: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Shape {
  return {
    runbook,
    input: parse(runbook.input, input) as JsonObject,
    outputs: ({ runbook: id, step, kind }) => {
      const played =
        fakes.find(({ at }) => at === `${id}/${step}` || (id === runbook.id && at === step)) ??
        fakes.find((fake) => fake.at === null && fake.kind === kind);
      const [usual = null, ...others] = (played?.plays ?? []).flatMap((play) =>
        play.type === "returns" ? [play.output] : [],
      );
      return [usual, ...others];
    },
    kindOf: (kind) => kinds[kind] ?? "sim.look",
    limitOf: () => undefined,
    follower: (id) => new Outline(guards[id] ?? {}),
  };
}

const redisGuards = { "redis-sg": { apply: "approve" } };
const redis = shipped(redisSg, redisInput, redisFakes, redisGuards);
const secretGuards = {
  ...redisGuards,
  "missing-secret": { unlock: "approveUnlock", apply: "approvePlan" },
};
const tainting = shipped(missingSecret, secretInput, secretFakes, secretGuards);
const replacing = shipped(missingSecret, { ...secretInput, mode: "replace" }, secretFakes, secretGuards);
