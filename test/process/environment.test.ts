import { expect, test } from "vitest";
import { childEnvironment } from "../../src/process/environment.ts";

function named(names: string): Record<string, string> {
  return Object.fromEntries(names.split(" ").map((name) => [name, "x"]));
}

test("what a command needs passes", () => {
  const parent = named(
    "PATH HOME USER LOGNAME SHELL LANG LC_ALL TZ TMPDIR TERM AWS_PROFILE AWS_ACCESS_KEY_ID AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3 TF_VAR_x TF_DATA_DIR https_proxy NO_PROXY XDG_RUNTIME_DIR RUNWRIGHT_STAND_IN_SEED AWS_CA_BUNDLE",
  );
  expect(childEnvironment(parent)).toEqual(parent);
});

test("what would change what a command does stays behind", () => {
  const parent = named(
    "LD_PRELOAD NODE_OPTIONS TF_CLI_ARGS TF_CLI_ARGS_plan TF_LOG TF_LOG_PATH TF_REATTACH_PROVIDERS TF_WORKSPACE GIT_DIR GIT_SSH_COMMAND BASH_ENV ENV IFS ANYTHING",
  );
  expect(childEnvironment({ ...parent, HOME: undefined })).toEqual({});
});
