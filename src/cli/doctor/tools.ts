import { awsSettings } from "../../host/tools.ts";
import { RunbookError } from "../../model/error.ts";
import type { Io } from "../io.ts";
import { practiceWorld } from "../../runs/practice-world.ts";
import { packageVersion, terraformOf } from "../../runs/tool-versions.ts";
import { originOf } from "./settings.ts";
import { fail, failed, ok, unknown, type DoctorFinding } from "./finding.ts";

/** The programs that runs use. */
export async function toolFindings(io: Io): Promise<readonly DoctorFinding[]> {
  return [node(), ok("runwright", packageVersion()), await terraform(io)];
}

function node(): DoctorFinding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const isNewEnough = major > 20 || (major === 20 && minor >= 19);
  return isNewEnough
    ? ok("node", process.version)
    : fail("node", `${process.version} is too old`, "Install Node 20.19 or newer.");
}

async function terraform(io: Io): Promise<DoctorFinding> {
  const from = io.env["RUNWRIGHT_TERRAFORM"] ? originOf("RUNWRIGHT_TERRAFORM", io) : "PATH";
  try {
    const found = await terraformOf(io);
    const [version, file] = [found["version"], found["file"]].map((fact) =>
      typeof fact === "string" ? fact : "unknown",
    );
    const what = found.standIn ? "the practice STAND-IN for version" : "version";
    const detail = `${what} ${version}, ${file}, from ${from}`;
    const [major = 0, minor = 0] = (version ?? "").split(".").map(Number);
    if (major > 1 || (major === 1 && minor >= 10)) return ok("terraform", detail);
    return fail("terraform", detail, "Install terraform 1.10 or newer.");
  } catch (error) {
    return failed("terraform", error);
  }
}

/** Whom AWS takes us for, and where. */
export async function awsFindings(io: Io): Promise<readonly DoctorFinding[]> {
  const { region } = awsSettings(io.env, 1);
  const from = io.env["AWS_REGION"] === undefined ? "AWS_DEFAULT_REGION" : "AWS_REGION";
  if (region === undefined) {
    const skipped = unknown("aws identity", "not asked for without a region", "Set AWS_REGION.");
    return [unknown("aws region", "none is set", "Set AWS_REGION."), skipped];
  }
  return [ok("aws region", `${region}, from ${from}`), await endpoint(io), await identity(io)].flat();
}

async function endpoint({ env }: Io): Promise<readonly DoctorFinding[]> {
  const url = env["AWS_ENDPOINT_URL"];
  if (url === undefined) return [];
  const world = await practiceWorld(env);
  const what = world === null ? `${url}: calls do NOT go to AWS itself` : `${url}: a PRACTICE WORLD`;
  return [ok("aws endpoint", `${what}, from AWS_ENDPOINT_URL`)];
}

async function identity(io: Io): Promise<DoctorFinding> {
  const name = "aws identity";
  try {
    const { callerIdentity } = await import("../../steps/aws/identity.ts");
    const { account, arn } = await callerIdentity(awsSettings(io.env, 1), AbortSignal.timeout(8_000));
    return ok(name, `${arn} in account ${account}`);
  } catch (error) {
    const isMissing = error instanceof RunbookError && error.code === "CREDENTIALS_MISSING";
    return isMissing ? unknown(name, "no credentials were found", error.hint) : failed(name, error);
  }
}
