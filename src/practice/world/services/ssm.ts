/** Systems Manager's parameters. */
import { flag, optionalText, records, text, texts } from "../account/input.ts";
import { dropTags, setTags, tagPairs, tagsOf, type TagValues, type Tags } from "../account/tags.ts";
import { AwsError, type Request, type Service } from "../account/world.ts";

export interface ParameterSeed {
  readonly name: string;
  readonly value: string;
  readonly type?: "String" | "StringList" | "SecureString";
  readonly description?: string;
  readonly tags?: TagValues;
}

export interface Ssm {
  readonly service: Service;
  readonly putParameter: (seed: ParameterSeed) => void;
}

interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly version: number;
  readonly modified: Date;
  readonly description: string | undefined;
  readonly dataType: string;
  readonly tier: string;
  readonly tags: Tags;
}

interface SsmState {
  readonly parameters: Map<string, Parameter>;
  readonly arnPrefix: string;
  readonly user: string;
  readonly now: () => Date;
}

export function createSsm(account: string, region: string, now: () => Date): Ssm {
  const arnPrefix = `arn:aws:ssm:${region}:${account}:parameter`;
  const state = { parameters: new Map(), arnPrefix, user: `arn:aws:iam::${account}:user/practice`, now };
  return {
    service: { ...reading(state), ...writing(state), ...tagging(state) },
    putParameter: ({ name, value, type = "String", description, tags }) => {
      store(state, {
        name,
        value,
        type,
        description,
        tags: tagsOf(tags),
        version: 1,
        dataType: "text",
        tier: "Standard",
      });
    },
  };
}

function reading(state: SsmState): Service {
  const many = (request: Request, found: readonly Parameter[]) =>
    found.map((parameter) => answer(state, parameter, flag(request, "WithDecryption") === true));
  return {
    GetParameter: (request) => {
      const parameter = parameterOf(state, text(request, "Name"));
      if (!parameter)
        throw new AwsError("ParameterNotFound", `Parameter ${text(request, "Name")} not found.`);
      return { Parameter: many(request, [parameter])[0] };
    },
    GetParameters: (request) => {
      const names = texts(request, "Names");
      const found = names.flatMap((name) => parameterOf(state, name) ?? []);
      const InvalidParameters = names.filter((name) => !parameterOf(state, name));
      return { Parameters: many(request, found), InvalidParameters };
    },
    GetParametersByPath: (request) => {
      const path = text(request, "Path").replace(/\/?$/, "/");
      const isDeep = flag(request, "Recursive") === true;
      const found = [...state.parameters.values()].filter(
        ({ name }) => name.startsWith(path) && (isDeep || !name.slice(path.length).includes("/")),
      );
      return { Parameters: many(request, found) };
    },
    DescribeParameters: (request) => {
      const tests = [...records(request, "ParameterFilters"), ...records(request, "Filters")].map(readFilter);
      const found = [...state.parameters.values()].filter((each) => tests.every((test) => test(each)));
      return { Parameters: found.map((parameter) => describe(state, parameter)) };
    },
  };
}

function writing(state: SsmState): Service {
  return {
    PutParameter: (request, { ledger }) => {
      const name = text(request, "Name");
      const known = state.parameters.get(name);
      if (known && flag(request, "Overwrite") !== true) throw alreadyExists();
      const tags = known?.tags ?? tagsOf({});
      setTags(tags, records(request, "Tags"));
      const parameter = {
        name,
        value: text(request, "Value"),
        type: optionalText(request, "Type") ?? known?.type ?? "String",
        description: optionalText(request, "Description") ?? known?.description,
        version: (known?.version ?? 0) + 1,
        dataType: optionalText(request, "DataType") ?? "text",
        tier: optionalText(request, "Tier") ?? "Standard",
        tags,
      };
      store(state, parameter);
      const isSecret = parameter.type === "SecureString";
      ledger.record("ssm:PutParameter", name, isSecret ? { ...request, Value: "[hidden]" } : request);
      return { Version: parameter.version, Tier: parameter.tier };
    },
    DeleteParameter: (request, { ledger }) => {
      const name = text(request, "Name");
      if (!state.parameters.delete(name))
        throw new AwsError("ParameterNotFound", `Parameter ${name} not found.`);
      ledger.record("ssm:DeleteParameter", name, request);
      return {};
    },
    DeleteParameters: (request, { ledger }) => {
      const names = texts(request, "Names");
      const DeletedParameters = names.filter((name) => state.parameters.delete(name));
      for (const name of DeletedParameters) ledger.record("ssm:DeleteParameters", name, request);
      return {
        DeletedParameters,
        InvalidParameters: names.filter((name) => !DeletedParameters.includes(name)),
      };
    },
  };
}

function tagging(state: SsmState): Service {
  const tagsOfResource = (request: Request): Tags => {
    const parameter = parameterOf(state, text(request, "ResourceId"));
    if (!parameter) throw new AwsError("InvalidResourceId", "The resource ID is not valid.");
    return parameter.tags;
  };
  return {
    ListTagsForResource: (request) => ({ TagList: tagPairs(tagsOfResource(request)) }),
    AddTagsToResource: (request, { ledger }) => {
      if (setTags(tagsOfResource(request), records(request, "Tags"))) {
        ledger.record("ssm:AddTagsToResource", text(request, "ResourceId"), request);
      }
      return {};
    },
    RemoveTagsFromResource: (request, { ledger }) => {
      if (dropTags(tagsOfResource(request), texts(request, "TagKeys"))) {
        ledger.record("ssm:RemoveTagsFromResource", text(request, "ResourceId"), request);
      }
      return {};
    },
  };
}

function store(state: SsmState, parameter: Omit<Parameter, "modified">): void {
  state.parameters.set(parameter.name, { ...parameter, modified: state.now() });
}

/** The parameter by name or ARN. */
function parameterOf(state: SsmState, id: string): Parameter | undefined {
  return (
    state.parameters.get(id) ?? [...state.parameters.values()].find(({ name }) => arnOf(state, name) === id)
  );
}

function arnOf(state: SsmState, name: string): string {
  return name.startsWith("/") ? state.arnPrefix + name : `${state.arnPrefix}/${name}`;
}

function answer(
  state: SsmState,
  { name, type, value, version, modified, dataType }: Parameter,
  decrypted: boolean,
) {
  const isReadable = decrypted || type !== "SecureString";
  return {
    Name: name,
    Type: type,
    Value: isReadable ? value : "encrypted-by-the-practice-world",
    Version: version,
    LastModifiedDate: modified,
    ARN: arnOf(state, name),
    DataType: dataType,
  };
}

function describe(state: SsmState, parameter: Parameter): unknown {
  const { name, type, version, modified, description, dataType, tier } = parameter;
  return {
    Name: name,
    ARN: arnOf(state, name),
    Type: type,
    KeyId: type === "SecureString" ? "alias/aws/ssm" : undefined,
    LastModifiedDate: modified,
    LastModifiedUser: state.user,
    Description: description,
    Version: version,
    Tier: tier,
    Policies: [],
    DataType: dataType,
  };
}

function readFilter(filter: Request): (parameter: Parameter) => boolean {
  const key = text(filter, "Key");
  const option = optionalText(filter, "Option") ?? (key === "Path" ? "OneLevel" : "Equals");
  const values = texts(filter, "Values");
  return ({ name, type }) => {
    const value = key === "Type" ? type : name;
    return values.some((wanted) => {
      if (option === "BeginsWith" || option === "Recursive") return value.startsWith(wanted);
      if (option === "Contains") return value.includes(wanted);
      if (option === "OneLevel") return value.slice(0, value.lastIndexOf("/")) === wanted;
      return value === wanted;
    });
  };
}

function alreadyExists(): AwsError {
  return new AwsError(
    "ParameterAlreadyExists",
    "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
  );
}
