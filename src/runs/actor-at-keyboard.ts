import type { Actor } from "../model/event.ts";
import { whoIsHere, type Environment } from "../system/account.ts";

/**
 * Who sits at the keyboard, as far as the kernel knows. What `SUDO_USER` says is noted beside it: anybody can set that
 * variable, so it can keep a person from approving and never makes another one (model/may-approve.ts).
 */
export function actorAtKeyboard({ env }: { readonly env: Environment }): Actor {
  const { name } = whoIsHere();
  const said = (env["SUDO_USER"] ?? "").replaceAll(/[^\w.@-]/g, "");
  return {
    kind: "human",
    id: said === "" || said === name ? name : `${name} (SUDO_USER=${said})`,
    identified: "os-user",
  };
}
