import { randomUUID } from "node:crypto";
import type { Ids } from "../account/ids.ts";
import { flag, optionalText, records, text, texts } from "../account/input.ts";
import { dropTags, setTags, tagPairs, tagsOf, type TagValues, type Tags } from "../account/tags.ts";
import { AwsError, type Request, type Service } from "../account/world.ts";

export interface SecretSeed {
  readonly name: string;
  /** With the six characters that Secrets Manager puts behind the name; made up when left out. */
  readonly arn?: string;
  readonly value?: string;
  readonly description?: string;
  readonly tags?: TagValues;
}

export interface SecretsManager {
  readonly service: Service;
  readonly putSecret: (seed: SecretSeed) => void;
}

interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly created: Date;
  readonly changed: Date;
  readonly deleted: Date | undefined;
  readonly tags: Tags;
  /** The newest last: it is AWSCURRENT, the one before it AWSPREVIOUS. */
  readonly versions: readonly SecretVersion[];
}

interface SecretVersion {
  readonly id: string;
  readonly created: Date;
  readonly text: string | undefined;
  readonly binary: string | undefined;
}

interface SecretsState {
  readonly secrets: Map<string, Secret>;
  readonly now: () => Date;
  readonly newArn: (name: string) => string;
}

export function createSecretsManager(
  account: string,
  region: string,
  now: () => Date,
  ids: Ids,
): SecretsManager {
  const prefix = `arn:aws:secretsmanager:${region}:${account}:secret`;
  const state: SecretsState = {
    secrets: new Map(),
    now,
    newArn: (name) => `${prefix}:${name}-${ids.hex("", 6)}`,
  };
  return {
    service: { ...reading(state), ...writing(state), ...tagging(state) },
    putSecret: ({ name, arn = state.newArn(name), value, description, tags }) => {
      const created = now();
      const versions =
        value === undefined ? [] : [{ id: randomUUID(), created, text: value, binary: undefined }];
      const secret = { arn, name, description, created, changed: created, deleted: undefined, versions };
      state.secrets.set(name, { ...secret, tags: tagsOf(tags) });
    },
  };
}

function reading(state: SecretsState): Service {
  return {
    DescribeSecret: (request) => describe(secretOf(state, request)),
    ListSecrets: () => ({ SecretList: [...state.secrets.values()].map(describe) }),
    GetResourcePolicy: (request) => {
      const { arn, name } = secretOf(state, request);
      return { ARN: arn, Name: name };
    },
    GetSecretValue: (request) => {
      const secret = secretOf(state, request);
      if (secret.deleted) throw markedForDeletion();
      const stage = optionalText(request, "VersionStage") ?? "AWSCURRENT";
      const id = optionalText(request, "VersionId");
      const version = secret.versions.find((each, index) =>
        id === undefined ? stagesAt(secret, index).includes(stage) : each.id === id,
      );
      if (!version) throw notFound(`secret value for staging label: ${stage}`);
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: version.id,
        SecretString: version.text,
        SecretBinary: version.binary,
        VersionStages: stagesAt(secret, secret.versions.indexOf(version)),
        CreatedDate: version.created,
      };
    },
  };
}

function writing(state: SecretsState): Service {
  return {
    CreateSecret: (request, { ledger }) => {
      const name = text(request, "Name");
      if (state.secrets.has(name)) {
        const message = `The operation failed because the secret ${name} already exists.`;
        throw new AwsError("ResourceExistsException", message);
      }
      const created = state.now();
      const tags = tagsOf({});
      setTags(tags, records(request, "Tags"));
      const bare = {
        arn: state.newArn(name),
        name,
        description: optionalText(request, "Description"),
        created,
        tags,
      };
      const secret = withVersion(
        state,
        { ...bare, changed: created, deleted: undefined, versions: [] },
        request,
      );
      ledger.record("secretsmanager:CreateSecret", secret.arn, hidden(request));
      return versionAnswer(secret);
    },
    PutSecretValue: (request, { ledger }) => {
      const secret = withVersion(state, secretOf(state, request), request);
      ledger.record("secretsmanager:PutSecretValue", secret.arn, hidden(request));
      return versionAnswer(secret);
    },
    UpdateSecret: (request, { ledger }) => {
      const known = secretOf(state, request);
      const description = optionalText(request, "Description") ?? known.description;
      const secret = withVersion(state, { ...known, description }, request);
      ledger.record("secretsmanager:UpdateSecret", secret.arn, hidden(request));
      return versionAnswer(secret);
    },
    DeleteSecret: (request, { ledger }) => {
      const secret = secretOf(state, request);
      const deleted = state.now();
      if (flag(request, "ForceDeleteWithoutRecovery") === true) state.secrets.delete(secret.name);
      else state.secrets.set(secret.name, { ...secret, deleted });
      ledger.record("secretsmanager:DeleteSecret", secret.arn, request);
      return { ARN: secret.arn, Name: secret.name, DeletionDate: deleted };
    },
    RestoreSecret: (request, { ledger }) => {
      const secret = secretOf(state, request);
      state.secrets.set(secret.name, { ...secret, deleted: undefined });
      if (secret.deleted) ledger.record("secretsmanager:RestoreSecret", secret.arn, request);
      return { ARN: secret.arn, Name: secret.name };
    },
  };
}

function tagging(state: SecretsState): Service {
  return {
    TagResource: (request, { ledger }) => {
      const { tags, arn } = secretOf(state, request);
      if (setTags(tags, records(request, "Tags"))) ledger.record("secretsmanager:TagResource", arn, request);
      return {};
    },
    UntagResource: (request, { ledger }) => {
      const { tags, arn } = secretOf(state, request);
      if (dropTags(tags, texts(request, "TagKeys")))
        ledger.record("secretsmanager:UntagResource", arn, request);
      return {};
    },
  };
}

/** The secret by name, ARN, or ARN without the random end. */
function secretOf(state: SecretsState, request: Request): Secret {
  const id = text(request, "SecretId");
  const found = [...state.secrets.values()].find(
    ({ name, arn }) => name === id || arn === id || arn.slice(0, -"-000000".length) === id,
  );
  if (!found) throw notFound("specified secret.");
  return found;
}

function withVersion(state: SecretsState, secret: Secret, request: Request): Secret {
  const [value, binary] = [optionalText(request, "SecretString"), optionalText(request, "SecretBinary")];
  const changed = state.now();
  const id = optionalText(request, "ClientRequestToken") ?? randomUUID();
  const fresh =
    value === undefined && binary === undefined ? [] : [{ id, created: changed, text: value, binary }];
  const updated = { ...secret, changed, versions: [...secret.versions, ...fresh] };
  state.secrets.set(secret.name, updated);
  return updated;
}

function versionAnswer(secret: Secret): unknown {
  const VersionStages = secret.versions.length > 0 ? ["AWSCURRENT"] : undefined;
  return { ARN: secret.arn, Name: secret.name, VersionId: secret.versions.at(-1)?.id, VersionStages };
}

function stagesAt({ versions }: Secret, index: number): readonly string[] {
  if (index === versions.length - 1) return ["AWSCURRENT"];
  return index === versions.length - 2 ? ["AWSPREVIOUS"] : [];
}

function describe(secret: Secret): unknown {
  const stages = secret.versions.map(({ id }, index) => [id, stagesAt(secret, index)] as const);
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    CreatedDate: secret.created,
    LastChangedDate: secret.changed,
    DeletedDate: secret.deleted,
    Tags: tagPairs(secret.tags),
    VersionIdsToStages: Object.fromEntries(stages.filter(([, names]) => names.length > 0)),
  };
}

function hidden(request: Request): Request {
  const values = ["SecretString", "SecretBinary"].filter((name) => request[name] !== undefined);
  return { ...request, ...Object.fromEntries(values.map((name) => [name, "[hidden]"])) };
}

function notFound(what: string): AwsError {
  return new AwsError("ResourceNotFoundException", `Secrets Manager can't find the ${what}`);
}

function markedForDeletion(): AwsError {
  const message = "You can't perform this operation on the secret because it was marked for deletion.";
  return new AwsError("InvalidRequestException", message);
}
