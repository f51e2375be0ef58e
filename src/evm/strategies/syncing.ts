import type { Call } from "../../jsonrpc/call.ts";

/**
 * Asks whether the node is still syncing: only to confirm an answer of nothing but zeros, since some nodes report an
 * object all the time (geth --dev at genesis).
 */
export const SYNCING: Call<boolean> = {
  method: "eth_syncing",
  params: "[]",
  answerBytes: 16 * 1024,
  decode: (result) => result === true || typeof result === "object" && result !== null,
};
