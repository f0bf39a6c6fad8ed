import { afterEach, expect, test } from "vitest";
import { RunbookError } from "../../../src/model/error.ts";
import { ask } from "../../../src/steps/aws/ask.ts";
import { ec2 } from "../../../src/steps/aws/ec2.ts";
import { ecs } from "../../../src/steps/aws/clients.ts";
import { awsFailure, isInDoubt, isTransient } from "../../../src/steps/aws/failure.ts";
import { callerIdentity } from "../../../src/steps/aws/identity.ts";
import { stepContext } from "../../support/step-context.ts";
import { pointTo } from "../incident-world.ts";
import { type LocalServer, nowhere, serve } from "../local-server.ts";

let server: LocalServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** An AWS that gives one answer to everything. */
async function answering(status: number, body: string): Promise<void> {
  server = await serve((_request, response) => {
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "r-1" });
    response.end(body);
  });
  pointTo(server.url);
}

async function ecsFailure(): Promise<unknown> {
  const ctx = await stepContext();
  const client = await ecs(ctx);
  const call = ask(ctx, "`ecs:ListClusters`", (options) => client.listClusters({}, options));
  return call.then(() => undefined).catch((error: unknown) => error);
}

test.each([
  ["ExpiredTokenException", "CREDENTIALS_EXPIRED"],
  ["RequestExpired", "CREDENTIALS_EXPIRED"],
  ["UnrecognizedClientException", "CREDENTIALS_MISSING"],
  ["AccessDeniedException", "ACCESS_DENIED"],
  ["ThrottlingException", "AWS_THROTTLED"],
  ["TooManyRequestsException", "AWS_THROTTLED"],
  ["ClusterNotFoundException", "AWS_NOT_FOUND"],
  ["InvalidParameterException", "AWS_REFUSED"],
])("ECS's %s becomes %s", async (name, code) => {
  await answering(400, JSON.stringify({ __type: name, message: "Words of AWS" }));
  const error = await ecsFailure();
  expect(error).toBeInstanceOf(RunbookError);
  expect(error).toMatchObject({
    code,
    message: `\`ecs:ListClusters\` failed: ${name}: Words of AWS.`,
    data: { name, status: 400, requestId: "r-1" },
  });
});

test.each([
  ["RequestLimitExceeded", "AWS_THROTTLED"],
  ["UnauthorizedOperation", "ACCESS_DENIED"],
  ["InvalidGroup.NotFound", "AWS_NOT_FOUND"],
  ["AuthFailure", "CREDENTIALS_MISSING"],
])("EC2's %s becomes %s", async (name, code) => {
  const error = `<Error><Code>${name}</Code><Message>Words of AWS.</Message></Error>`;
  await answering(400, `<Response><Errors>${error}</Errors><RequestID>r-1</RequestID></Response>`);
  const ctx = await stepContext();
  const client = await ec2(ctx);
  const call = ask(ctx, "`ec2:DescribeSecurityGroups`", (options) =>
    client.describeSecurityGroups({}, options),
  );
  await expect(call).rejects.toMatchObject({
    code,
    message: `\`ec2:DescribeSecurityGroups\` failed: ${name}: Words of AWS.`,
  });
});

test("an address where nobody listens is unreachable", async () => {
  pointTo(await nowhere());
  expect(await ecsFailure()).toMatchObject({
    code: "AWS_UNREACHABLE",
    message: expect.stringContaining("ECONNREFUSED"),
  });
});

test("an AWS that does not answer in time is unreachable", async () => {
  server = await serve(() => {});
  pointTo(server.url);
  const { aws } = await stepContext();
  const hasty = { ...aws, maxAttempts: 1, requestHandler: { ...aws.requestHandler, requestTimeout: 50 } };
  await expect(callerIdentity(hasty)).rejects.toMatchObject({ code: "AWS_UNREACHABLE" });
});

test("a page instead of an answer is refused and may be transient", async () => {
  await answering(502, "<html>Bad gateway</html>");
  const error = await ecsFailure();
  expect(error).toMatchObject({ code: "AWS_REFUSED" });
  expect(isTransient(error)).toBe(true);
  expect(isInDoubt(error)).toBe(true);
});

test("without credentials the code says so before anything is sent", async () => {
  await answering(200, "{}");
  delete process.env["AWS_ACCESS_KEY_ID"];
  delete process.env["AWS_SECRET_ACCESS_KEY"];
  expect(await ecsFailure()).toMatchObject({ code: "CREDENTIALS_MISSING" });
});

test("without a region the code says so", async () => {
  await answering(200, "{}");
  const { aws } = await stepContext();
  await expect(callerIdentity({ ...aws, region: undefined })).rejects.toMatchObject({
    code: "REGION_MISSING",
  });
});

test("a login that has run out is expired and not missing", () => {
  const error = Object.assign(new Error("The SSO session associated with this profile has expired."), {
    name: "CredentialsProviderError",
  });
  expect(awsFailure(error, "x").code).toBe("CREDENTIALS_EXPIRED");
});

test("a call rejects with the signal's own reason as soon as it aborts", async () => {
  server = await serve(() => {});
  pointTo(server.url);
  const controller = new AbortController();
  const reason = new Error("cancelled");
  const call = ask({ signal: controller.signal }, "x", () => new Promise<never>(() => {}));
  controller.abort(reason);
  await expect(call).rejects.toBe(reason);
  await expect(ask({ signal: controller.signal }, "x", async () => 1)).rejects.toBe(reason);
});

function failure(name: string, status?: number): RunbookError {
  return awsFailure(Object.assign(new Error("x"), { name, $metadata: { httpStatusCode: status } }), "x");
}

test("refusals, throttling and lost connections are told apart for whoever may try again", () => {
  expect(isTransient(failure("ThrottlingException", 400))).toBe(true);
  expect(isInDoubt(failure("ThrottlingException", 400))).toBe(false);
  expect(isTransient(failure("InvalidParameterException", 400))).toBe(false);
  expect(isInDoubt(failure("InvalidParameterException", 400))).toBe(false);
  expect(isInDoubt(failure("TimeoutError"))).toBe(true);
  expect(isInDoubt(new Error("a bug"))).toBe(false);
});
