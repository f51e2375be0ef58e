import { NO_THRESHOLD } from "../config/threshold.ts";
import { ListError } from "../config/wallet_list/list_error.ts";
import { readWalletList } from "../config/wallet_list/read_wallet_list.ts";

/**
 * Counts the wallets of a list, which shows that it is one.
 *
 * @param text of the list, CSV or JSON
 * @param before how many it had
 * @throws {ListError} when it is none, or suddenly empty: a server in trouble may well say so
 */
export async function countWallets(text: string, before: number): Promise<number> {
  const nothing = { minimum: NO_THRESHOLD, levels: {}, labels: {} };
  const setting = {
    defaults: nothing,
    thresholds: {},
    contradictions: new Map<string, number>(),
    names: new Set<string>(),
    decimals: undefined,
    symbols: undefined,
  };
  const { wallets } = await readWalletList(text, "", setting);
  if (wallets.length > 0 || before === 0) return wallets.length;
  throw new ListError("it has no wallets any more", "Take the list out of the configuration if that is meant");
}
