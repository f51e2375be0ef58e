import type { Call } from "../../jsonrpc/call.ts";

/**
 * Requests whether the node is syncing: only to confirm balances that are all 0, since some nodes always return an
 * object (geth --dev at genesis).
 */
export const SYNCING: Call<boolean> = {
  method: "eth_syncing",
  params: "[]",
  answerBytes: 16 * 1024,
  decode: (result) => result === true || typeof result === "object" && result !== null,
};
