import type { Account, Asset } from "./asset.ts";

/** The nonce is asked for after this many readings without a change. */
const MIN_SAME = 3;

/** At most this often, in milliseconds: it is a request of its own. */
const PACE_MS = 300_000;

/** The next nonce of a sender, with the transactions that wait in the node's pool. */
const PENDING: Asset = {
  kind: "pending",
  requestType: "method",
  request: (address) => ({ type: "method", method: "eth_getTransactionCount", params: [address], tag: "pending" }),
  isDue: ({ related }) => (related?.["transactions"]?.changes?.same ?? 0) >= MIN_SAME,
};

/** The pending transactions of an address. */
export function pendingAccount(holder: string, transactions: Account): Account {
  return { asset: PENDING, holder, key: `pending ${holder}`, pace: PACE_MS, related: { transactions } };
}
