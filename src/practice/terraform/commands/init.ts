import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { readConfig } from "../config/config.ts";
import { connect, initFile, type Session } from "../state/session.ts";
import { terraformVersion } from "../terminal/view.ts";

/** `init`: finds out that the backend answers and remembers it. It installs no provider: the stand-in has none. */
export async function init(session: Session): Promise<number> {
  const say = (code: string, text: string) => session.view.event("init_output", text, { message_code: code });
  say("initializing_backend_message", "Initializing the backend...");
  const config = readConfig(session.dir);
  const { backend } = await connect(session, config);
  await backend.list();
  const file = initFile(session);
  mkdirSync(dirname(file), { recursive: true });
  const remembered = {
    version: 3,
    terraform_version: terraformVersion,
    backend: { type: "s3", config: config.backend },
  };
  writeFileSync(file, `${JSON.stringify(remembered, undefined, 2)}\n`);
  say("initializing_provider_plugin_message", "Initializing provider plugins...");
  say("output_init_success_message", "Terraform has been successfully initialized!");
  return 0;
}
