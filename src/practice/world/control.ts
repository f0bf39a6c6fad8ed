/** The paths under `/_world`: what tests and drills use to look behind the scenes and to break things. */
import type { WorldParts } from "./create-world.ts";
import { header, jsonReply, type HttpReply, type HttpRequest } from "./protocols/http.ts";

export function isControl(http: HttpRequest): boolean {
  return http.path === "/_world" || http.path.startsWith("/_world/");
}

/** Answers a control request; `shutDown` is called where that is asked for. */
export function answerControl(http: HttpRequest, parts: WorldParts, shutDown: () => void): HttpReply {
  const { world, faults } = parts;
  switch (`${http.method} ${http.path}`) {
    case "GET /_world":
      return jsonReply(200, {
        world: "runwright-practice",
        version: 1,
        speed: world.time.speed,
        account: world.account,
        region: world.region,
      });
    case "GET /_world/ledger":
      return jsonReply(200, { entries: world.ledger.entries() });
    case "GET /_world/faults":
      return jsonReply(200, { faults: faults.list() });
    case "DELETE /_world/faults":
      faults.clear();
      return jsonReply(200, { faults: [] });
    case "POST /_world/faults":
      return addFault(http, parts);
    case "POST /_world/notifications":
      return takeNotification(http, parts);
    case "POST /_world/shutdown":
      shutDown();
      return jsonReply(202, { stopping: true });
    default:
      return jsonReply(404, { error: `There is no ${http.method} ${http.path} in the practice world.` });
  }
}

/** The third-party tester's webhook; like any good receiver it takes each idempotency key once. */
function takeNotification({ headers, body }: HttpRequest, { world }: WorldParts): HttpReply {
  const key = header(headers, "idempotency-key") ?? "";
  const isKnown = world.ledger
    .entries()
    .some(({ operation, target }) => operation === "practice:Notify" && target === key);
  if (!isKnown) world.ledger.record("practice:Notify", key, { bytes: body.byteLength });
  return jsonReply(202, { taken: !isKnown });
}

function addFault(http: HttpRequest, { faults }: WorldParts): HttpReply {
  try {
    return jsonReply(201, faults.add(JSON.parse(http.body.toString())));
  } catch (error) {
    return jsonReply(400, { error: error instanceof Error ? error.message : String(error) });
  }
}
