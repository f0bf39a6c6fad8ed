import type { Actor } from "../model/event.ts";
import { whoAmI } from "../system/account.ts";
import type { Environment } from "../system/account.ts";

/** Who sits at the keyboard, as far as the operating system knows. */
export function actorAtKeyboard({ env }: { readonly env: Environment }): Actor {
  const sudo = env["SUDO_USER"];
  const id = whoAmI().name;
  return {
    kind: "human",
    id: sudo === undefined || sudo === "" ? id : `${id} (sudo by ${sudo})`,
    identified: "os-user",
  };
}
