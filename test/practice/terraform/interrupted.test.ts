import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { incident } from "../../../src/practice/world/seed.ts";
import { bench, messages, type Bench } from "./bench.ts";

const { addresses, key, lockKey } = incident.terraform;
const replacing = ["plan", "-json", "-input=false", "-out=tfplan", `-target=${addresses.taskDefinition}`];
const slow = { RUNWRIGHT_STAND_IN_DELAY_MS: "400" };

describe("an interrupted stand-in", () => {
  let it: Bench;
  beforeEach(async () => {
    it = await bench({ locked: false });
    await it.run(["init", "-json", "-input=false"]);
    await it.run([...replacing, `-replace=${addresses.taskDefinition}`]);
  });
  afterEach(() => it.world.close());

  test("stops gently at the first SIGINT: what was done is saved and the lock released", async () => {
    const apply = await it.start(
      ["apply", "-json", "tfplan"],
      (line, child) => {
        if (line.type === "apply_start" && line["@message"].includes("Creating")) child.kill("SIGINT");
      },
      slow,
    );
    expect(apply.code).toBe(1);
    expect(messages(apply, "log")).toEqual([
      expect.stringContaining("Interrupt received."),
      "Stopping operation...",
    ]);
    expect(messages(apply, "diagnostic")[0]).toContain(
      "RegisterTaskDefinition, https response error StatusCode: 0",
    );
    expect(messages(apply, "diagnostic")[0]).toContain("context canceled");
    expect(await it.object(lockKey)).toBeUndefined();
    // The old revision is gone and the new one was never made.
    expect(await it.object(key)).not.toContain('"aws_ecs_task_definition"');
    expect(it.operations()).not.toContain("ecs:RegisterTaskDefinition");
  });

  test("halts what it had not started when SIGTERM comes early", async () => {
    const apply = await it.start(
      ["apply", "-json", "tfplan"],
      (line, child) => {
        if (line.type === "apply_start") child.kill("SIGTERM");
      },
      slow,
    );
    expect(apply.code).toBe(1);
    expect(it.operations()).not.toContain("ecs:DeregisterTaskDefinition");
    expect(await it.object(lockKey)).toBeUndefined();
  });

  test("leaves the lock behind at the second SIGINT", async () => {
    it.fault({ operation: "ecs:DeregisterTaskDefinition", kind: "delay", seconds: 1 });
    it.fault({ operation: "s3:PutObject", kind: "delay", seconds: 0 });
    it.fault({ operation: "s3:PutObject", kind: "hang" });
    // Else it may have stopped gently before the second one arrives.
    it.fault({ operation: "s3:DeleteObject", kind: "hang" });
    const apply = await it.start(
      ["apply", "-json", "tfplan"],
      (line, child) => {
        if (line.type === "apply_start") child.kill("SIGINT");
        if (line["@message"] === "Stopping operation...") child.kill("SIGINT");
      },
      slow,
    );
    expect(apply.code).toBe(1);
    expect(messages(apply, "log").at(-1)).toContain("Two interrupts received.");
    expect(messages(apply, "diagnostic").at(-1)).toBe("Error: operation canceled");
    expect(await it.object(lockKey)).toContain("OperationTypeApply");
  });

  test("killed after the call it leaves the lock, an orphan, and a plan that is accepted again", async () => {
    const apply = await it.start(
      ["apply", "-json", "tfplan"],
      (line, child) => {
        if (line.type === "apply_start" && line["@message"].includes("Creating")) {
          // The world has the revision before the process hears of it.
          it.fault({ operation: "ecs:RegisterTaskDefinition", kind: "drop-after-effect", times: 1 });
          const watch = setInterval(() => {
            if (!it.operations().includes("ecs:RegisterTaskDefinition")) return;
            clearInterval(watch);
            child.kill("SIGKILL");
          }, 5);
        }
      },
      slow,
    );
    expect(apply.signal).toBe("SIGKILL");
    const lock = JSON.parse((await it.object(lockKey)) ?? "{}") as { ID: string; Operation: string };
    expect(lock.Operation).toBe("OperationTypeApply");
    expect((await it.run(["force-unlock", "-force", lock.ID])).code).toBe(0);
    const replan = await it.run(["plan", "-json", "-input=false", `-target=${addresses.taskDefinition}`]);
    expect(messages(replan, "resource_drift", "planned_change")).toEqual([
      `${addresses.taskDefinition}: Drift detected (delete)`,
      `${addresses.taskDefinition}: Plan to create`,
    ]);
    expect((await it.run(["apply", "-json", "tfplan"])).code).toBe(0);
    expect(await it.object(key)).toContain(`${incident.family}:152`);
  });

  test("keeps the state in errored.tfstate when it cannot be uploaded, and pushes it later", async () => {
    it.fault({ operation: "s3:PutObject", kind: "delay", seconds: 0 });
    it.fault({
      operation: "s3:PutObject",
      kind: "error",
      code: "AccessDenied",
      message: "Access Denied",
      status: 403,
    });
    const apply = await it.run(["apply", "-json", "tfplan"]);
    expect(apply.code).toBe(1);
    expect(messages(apply, "diagnostic")).toContain("Error: Failed to save state");
    expect(messages(apply, "diagnostic")).toContain("Error: Failed to persist state to backend");
    expect(await it.object(lockKey)).toBeUndefined();
    const file = path.join(it.dir, "errored.tfstate");
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, "utf8")).toContain(`${incident.family}:151`);
    expect((await it.run(["state", "push", "errored.tfstate"])).code).toBe(0);
    expect(await it.object(key)).toContain(`${incident.family}:151`);
  });
});

describe("a stand-in that AWS does not let in", () => {
  test("says so in terraform's words, each in its own place", async () => {
    const it = await bench({ locked: false });
    try {
      await it.run(["init", "-json", "-input=false"]);
      const plan = ["plan", "-json", "-input=false"];
      const expired = {
        code: "ExpiredToken",
        message: "The security token included in the request is expired",
      };
      it.fault({ operation: "sts:GetCallerIdentity", kind: "error", status: 403, ...expired });
      expect(messages(await it.run(plan), "diagnostic")[0]).toMatch(
        /validating provider credentials: retrieving caller identity from STS: .* 403, .* ExpiredToken: /,
      );
      expect(messages(await it.run(plan, { AWS_ACCESS_KEY_ID: "" }), "diagnostic")[0]).toContain(
        "No valid credential sources found",
      );
      it.fault({
        operation: "ecs:DescribeTaskDefinition",
        kind: "error",
        ...expired,
        code: "ExpiredTokenException",
      });
      const drifting = await it.run(plan);
      expect(drifting.code).toBe(0);
      expect(messages(drifting, "resource_drift")).toEqual([
        `${addresses.taskDefinition}: Drift detected (delete)`,
      ]);
      it.fault({
        operation: "ecs:DescribeServices",
        kind: "error",
        ...expired,
        code: "ExpiredTokenException",
      });
      const failed = await it.run(plan);
      expect(failed.code).toBe(1);
      expect(messages(failed, "change_summary", "diagnostic")).toEqual([
        "Plan: 0 to add, 0 to change, 0 to destroy.",
        expect.stringMatching(/reading ECS Service .* api error ExpiredTokenException: /),
      ]);
      const refused = await it.run(plan, { AWS_ENDPOINT_URL: "http://127.0.0.1:1" });
      expect(messages(refused, "diagnostic")[0]).toContain("request send failed");
    } finally {
      await it.world.close();
    }
  });

  test("waits for a lock as long as it is told, and goes on when the holder is done", async () => {
    const it = await bench({ locked: true });
    try {
      await it.run(["init", "-json", "-input=false"]);
      const plan = await it.start(["plan", "-json", "-input=false", "-lock-timeout=20s"], (line) => {
        if (line.type === "state_lock_acquire") void it.run(["force-unlock", "-force", incident.lock.id]);
      });
      expect(plan.code).toBe(0);
      expect(messages(plan, "state_lock_acquire")).toEqual([
        "Acquiring state lock. This may take a few moments...",
      ]);
    } finally {
      await it.world.close();
    }
  });

  test("gives up waiting for a lock when it is interrupted, and takes no lock", async () => {
    const it = await bench({ locked: true });
    try {
      await it.run(["init", "-json", "-input=false"]);
      const plan = await it.start(["plan", "-json", "-lock-timeout=10m"], (line, child) => {
        if (line.type === "state_lock_acquire") child.kill("SIGINT");
      });
      expect(plan.code).toBe(1);
      expect(messages(plan, "diagnostic")).toEqual(["Error: Error acquiring the state lock"]);
      expect(await it.object(lockKey)).toContain(incident.lock.id);
    } finally {
      await it.world.close();
    }
  });

  test("refuses commands and flags that it does not know", async () => {
    const it = await bench({ locked: false });
    try {
      expect(await it.run(["frob"])).toMatchObject({ code: 1 });
      const flag = await it.run(["plan", "-json", "-bogus"]);
      expect(flag.code).toBe(1);
      expect(JSON.stringify(flag.lines)).toContain("flag provided but not defined: -bogus");
      expect((await it.run(["force-unlock", "-json", "x"])).err).toContain(
        "flag provided but not defined: -json",
      );
      expect(JSON.parse((await it.run(["validate", "-json"])).out)).toMatchObject({ valid: true });
      expect((await it.run(["workspace", "show"], { TF_WORKSPACE: "other" })).out).toBe("other\n");
    } finally {
      await it.world.close();
    }
  });
});
