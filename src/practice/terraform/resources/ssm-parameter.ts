import type { ParameterType } from "@aws-sdk/client-ssm";
import { awsFailure, errorName } from "../aws/aws-failure.ts";
import type { Attributes } from "../config/config.ts";
import { type Calls, type ResourceType, text } from "./resource-type.ts";

/** `aws_ssm_parameter`. */
export const ssmParameter: ResourceType = {
  schemaVersion: 0,
  computed: [
    "arn",
    "data_type",
    "has_value_wo",
    "id",
    "insecure_value",
    "key_id",
    "tags_all",
    "tier",
    "version",
  ],
  defaults: {
    allowed_pattern: null,
    description: null,
    overwrite: null,
    tags: null,
    value_wo: null,
    value_wo_version: null,
  },
  updatable: ["value", "description", "overwrite"],
  read,
  create: async (values, calls) => put(values, calls, { overwrite: false }),
  update: async (attributes, values, calls) => put({ ...attributes, ...values }, calls, { overwrite: true }),
  destroy,
};

async function read(attributes: Attributes, { cloud, signal }: Calls): Promise<Attributes | undefined> {
  const { GetParameterCommand } = await import("@aws-sdk/client-ssm");
  const name = text(attributes, "name");
  try {
    const ssm = await cloud.ssm();
    const command = new GetParameterCommand({ Name: name, WithDecryption: true });
    const { Parameter: found } = await ssm.send(command, { abortSignal: signal });
    return { ...attributes, arn: found?.ARN ?? "", value: found?.Value ?? "", version: found?.Version ?? 0 };
  } catch (cause) {
    if (errorName(cause) === "ParameterNotFound") return undefined;
    throw awsFailure(`reading SSM Parameter (${name})`, "SSM: GetParameter", cause);
  }
}

async function put(
  values: Attributes,
  calls: Calls,
  { overwrite }: { readonly overwrite: boolean },
): Promise<Attributes> {
  const { PutParameterCommand } = await import("@aws-sdk/client-ssm");
  const name = text(values, "name");
  const type: ParameterType = text(values, "type") === "SecureString" ? "SecureString" : "String";
  const request = { Name: name, Type: type, Value: text(values, "value"), Overwrite: overwrite };
  try {
    const ssm = await calls.cloud.ssm();
    const made = await ssm.send(new PutParameterCommand(request), { abortSignal: calls.signal });
    const computed = {
      id: name,
      version: made.Version ?? 1,
      tier: "Standard",
      data_type: "text",
      key_id: "",
    };
    const rest = { has_value_wo: null, insecure_value: null, tags_all: {} };
    return await withArn({ ...ssmParameter.defaults, ...values, ...computed, ...rest }, calls);
  } catch (cause) {
    throw awsFailure(
      `${overwrite ? "updating" : "creating"} SSM Parameter (${name})`,
      "SSM: PutParameter",
      cause,
    );
  }
}

async function withArn(attributes: Attributes, calls: Calls): Promise<Attributes> {
  return (await read(attributes, calls)) ?? attributes;
}

async function destroy(attributes: Attributes, { cloud, signal }: Calls): Promise<void> {
  const { DeleteParameterCommand } = await import("@aws-sdk/client-ssm");
  const name = text(attributes, "name");
  try {
    const ssm = await cloud.ssm();
    await ssm.send(new DeleteParameterCommand({ Name: name }), { abortSignal: signal });
  } catch (cause) {
    throw awsFailure(`deleting SSM Parameter (${name})`, "SSM: DeleteParameter", cause);
  }
}
