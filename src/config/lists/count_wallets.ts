import type { RemoteList } from "../config.ts";
import { NO_THRESHOLD } from "../threshold.ts";
import { readWalletList } from "./read_wallet_list.ts";

/**
 * Counts the wallets of a list, of all shards, which shows that it is one.
 *
 * @param list which
 * @param body of the list, CSV or JSON in UTF-8
 * @throws {ListError} when it is none
 */
export async function countWallets({ network, shard }: RemoteList, body: Uint8Array): Promise<number> {
  const nothing = { minimum: NO_THRESHOLD, levels: {}, labels: {} };
  const setting = {
    defaults: nothing,
    thresholds: {},
    contradictions: new Map<string, number>(),
    names: new Set<string>(),
    decimals: undefined,
    symbols: undefined,
  };
  const { size } = await readWalletList(new TextDecoder().decode(body), "", setting, shard && { network, shard });
  return size;
}
