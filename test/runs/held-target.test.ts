import { expect, test } from "vitest";
import { thisProcess } from "../../src/process/identity.ts";
import { refuseHeldTarget } from "../../src/runs/held-target.ts";
import { targetKey } from "../../src/store/projection.ts";
import { asks, started } from "./small-run.ts";

const target = { account: "1", region: "eu-west-1", dir: "/srv", workspace: "default", practice: null };

test("who drives the run that holds a target is named, and watching it is proposed", async () => {
  const { workspace, run } = await started(asks, { target });
  const { store } = workspace;
  const lease = store.leases.acquire(run, thisProcess());
  const refuse = (): void => refuseHeldTarget(store, targetKey(target));
  expect(refuse).toThrowError(`(pid ${process.pid})`);
  expect(refuse).toThrowError(expect.objectContaining({ hint: expect.stringContaining("Watch it") }));
  store.leases.release(lease);
  expect(refuse).toThrowError("nobody drives it");
  expect(() => refuseHeldTarget(store, "another")).not.toThrow();
  workspace.close();
});
