import type { JsonPlace } from "../source/json_index.ts";
import type { RejectedEntry, WalletConfig } from "../model/config.ts";
import type { Reader } from "./reader.ts";

/** A wallet, its entry in the text, and what the entry is called in messages. */
export interface Entry {
  readonly wallet: WalletConfig | RejectedEntry;
  readonly place: JsonPlace;
  readonly path: string;
}

/**
 * Warns of wallets that a network has twice. Both count, as in the original.
 *
 * @param entries of one network, also where its URL is written twice
 * @param reader where to report
 */
export function warnOfDoubles(entries: readonly Entry[], reader: Reader): void {
  const first = new Map<string, Entry>();
  for (const entry of entries) {
    const { wallet, place, path } = entry;
    const minimum = minimumOf(wallet);
    if (minimum === undefined) continue;
    const { address, label } = wallet;
    const same = first.get(`${address} ${label}`);
    if (same !== undefined) {
      const isOther = minimumOf(same.wallet) !== minimum;
      const message = `The same wallet with the same label is ${same.path} too${
        isOther ? ", with another minimum; each minimum has a series of its own" : ""
      }`;
      reader.tell("warning", reader.look(place).offset, path, message, "Remove one, or correct its address");
    } else if (first.get(address) !== undefined && minimumOf(first.get(address)?.wallet) !== minimum) {
      const message = `The same address is ${first.get(address)?.path} too, with another label and minimum`;
      reader.tell("notice", reader.look(place).offset, path, message, "Check that the address is right");
    }
    if (same === undefined) first.set(`${address} ${label}`, entry);
    if (!first.has(address)) first.set(address, entry);
  }
}

/** As it is compared; none of an entry that is not watched. */
function minimumOf(wallet: WalletConfig | RejectedEntry | undefined): bigint | string | undefined {
  if (wallet === undefined || !("minimum" in wallet)) return undefined;
  return wallet.minimum.belowWei ?? "invalid";
}
