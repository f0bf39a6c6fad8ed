const names = new Set(
  `
  PATH HOME USER LOGNAME SHELL LANG TZ TMPDIR TERM
  AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION
  AWS_PROFILE AWS_DEFAULT_PROFILE AWS_REGION AWS_DEFAULT_REGION
  AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE AWS_SDK_LOAD_CONFIG
  AWS_ROLE_ARN AWS_ROLE_SESSION_NAME AWS_WEB_IDENTITY_TOKEN_FILE
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_CREDENTIALS_FULL_URI
  AWS_CONTAINER_AUTHORIZATION_TOKEN AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE
  AWS_EC2_METADATA_DISABLED AWS_EC2_METADATA_SERVICE_ENDPOINT
  AWS_USE_FIPS_ENDPOINT AWS_USE_DUALSTACK_ENDPOINT AWS_STS_REGIONAL_ENDPOINTS
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS AWS_MAX_ATTEMPTS AWS_RETRY_MODE
  TF_CLI_CONFIG_FILE TF_PLUGIN_CACHE_DIR TF_DATA_DIR
  SSL_CERT_FILE SSL_CERT_DIR AWS_CA_BUNDLE NODE_EXTRA_CA_CERTS
  HTTPS_PROXY HTTP_PROXY NO_PROXY https_proxy http_proxy no_proxy
`
    .trim()
    .split(/\s+/),
);

const prefixes = [
  "LC_",
  "TF_VAR_",
  "XDG_",
  "RUNWRIGHT_STAND_IN_",
  // Where calls go is part of the operator's target: without it a child would act on the real account while
  // the engine looks at another. The run records the endpoint, so that it is approved and not a surprise.
  "AWS_ENDPOINT_URL",
];

/**
 * What of the engine's environment a command inherits. It is an allow-list because a variable that nobody
 * thought of changes what a command does: `TF_CLI_ARGS_plan=-destroy` makes a plan a destroy plan,
 * `LD_PRELOAD` and `NODE_OPTIONS` run other code, `TF_LOG` prints secrets.
 */
export function childEnvironment(
  parent: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const child: Record<string, string> = {};
  for (const [name, value] of Object.entries(parent)) {
    if (value !== undefined && mayPass(name)) child[name] = value;
  }
  return child;
}

function mayPass(name: string): boolean {
  return names.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}
