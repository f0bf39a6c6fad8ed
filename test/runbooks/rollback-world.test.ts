import { afterEach, beforeEach, expect, test } from "vitest";
import rollback from "../../runbooks/rollback-release.ts";
import { decide } from "../../src/engine/decide.ts";
import { summarise } from "../../src/model/summary.ts";
import { seedWorld } from "../../src/practice/world/seed.ts";
import { startWorld, type RunningWorld } from "../../src/practice/world/server.ts";
import { ecs } from "../../src/steps/aws/clients.ts";
import { arnOf, countChanges, incident, pointTo } from "../steps/incident-world.ts";
import { restoreAll } from "../support/restoring.ts";
import { stepContext } from "../support/step-context.ts";
import { ana, bench, type Bench } from "../support/world-free.ts";

let world: RunningWorld;
beforeEach(async () => {
  // Revision 150 is the bad release: it lost a secret that 149 has.
  world = await startWorld({ speed: 1_000, seed: (parts) => seedWorld(parts, ["secret-missing"]) });
  pointTo(world.url);
  process.env["PRACTISED_KEY"] = "any-key-will-do";
});
afterEach(() => {
  restoreAll(false);
  delete process.env["PRACTISED_KEY"];
  return world.close();
});

function input() {
  return {
    dir: "/infra",
    workspace: "default",
    region: incident.region,
    cluster: incident.cluster,
    service: incident.service,
    lastGood: `${incident.family}:149`,
    checkUrl: `${world.url}${incident.paths.predict}`,
    checkMethod: "POST",
    apiKey: "env:PRACTISED_KEY",
    logGroup: incident.logGroup,
    errorPattern: incident.patterns.missingToken,
    owner: "on-call",
    pollSeconds: 1,
  };
}

async function approve({ host, drive }: Bench, run: string) {
  const events = host.store.log.events(run);
  const decision = { type: "approve", reason: "the release broke predictions" } as const;
  const draft = decide(events, { run, gate: null, digest: null, decision, actor: ana }, new Date());
  host.store.log.append({ drafts: [draft], seen: new Map(), snapshots: new Map() }, null);
  return drive(run, { resumed: "again" });
}

test.each([
  ["keeps its state", false],
  ["makes its state anew of the stored events after every turn", true],
])(
  "in the practice world an engine that %s rolls a bad release back once, after an approval",
  async (_how, anew) => {
    restoreAll(anew);
    const practised = bench(rollback);
    const run = practised.start(input());
    expect(await practised.drive(run)).toEqual({ type: "paused" });
    expect(countChanges(world, "ecs:UpdateService")).toBe(0);
    expect(await approve(practised, run)).toEqual({ type: "ended", status: "succeeded" });
    expect(countChanges(world, "ecs:UpdateService")).toBe(1);
    const { services } = await (
      await ecs(await stepContext())
    ).describeServices({ cluster: incident.cluster, services: [incident.service] });
    expect(services?.[0]?.taskDefinition).toBe(arnOf(149));
    const { criteria } = summarise(practised.host.store.log.events(run));
    expect(criteria.map(({ verdict }) => verdict)).toEqual(["pass", "pass", "pass"]);
  },
);
