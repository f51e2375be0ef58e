import { CUT, encodesAsNobodyAsked, IMPROPER, sendEndless, sendHuge, SILENT } from "../fakes/conducts.ts";
import type { Conduct } from "../fakes/raw_node.ts";

/** Every way to deal with a connection, by name; those whose name begins with `unheard` do not wait for a request. */
export const CONDUCTS: Readonly<Record<string, Conduct>> = {
  ...SILENT,
  ...CUT,
  ...IMPROPER,
  "encodes as nobody asked": encodesAsNobodyAsked,
  "unheard: closes": async () => {},
  "unheard: says nothing": async ({ wait }) => await wait(),
  "sends without an end": sendEndless,
  "says that 10 GB will come": sendHuge,
  "says a short length": async ({ hear, say }) => {
    await hear();
    await say('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\r\n{"jsonrpc":"2.0"}');
  },
};
