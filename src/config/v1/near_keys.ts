import { closest, isSpelledAlike } from "../../util/closest.ts";
import { isPlainKey } from "../source/source_tree.ts";
import type { Member } from "./json_value.ts";
import type { Reader } from "./reader.ts";

/** The keys of a wallet. */
export const WALLET_KEYS = ["address", "label", "min_balance_eth"] as const;

/** Keys that a wallet of format 2 has besides these. */
const OF_FORMAT_TWO: ReadonlySet<string> = new Set(["thresholds", "labels", "tokens"]);

/** What else people call a key, without case and separators. */
const ALIASES: readonly (readonly [(typeof WALLET_KEYS)[number], RegExp])[] = [
  [
    "min_balance_eth",
    /^(min|minimum|minimal)(bal|balance|amount|value|threshold|limit|level)?(in)?(eth|ether|wei|gwei|usd|native|coins?|matic|pol|bnb)?$|^(bal|balance)(min|minimum|threshold|limit|alert)$|^(low|lower|lowest|alert|warn|warning|critical|balance)*(threshold|limit|below|bound)s?(eth)?$|^(low|lowest)balance(eth)?$|^(warning|critical|target)$/,
  ],
  ["address", /^(addr|wallet|account|walletaddress|publickey|eoa|0x)$/],
  ["label", /^(name|title|alias|walletname|displayname|lbl)$/],
];

/**
 * Warns of keys that were probably meant to be others: they are ignored, as in
 * the original, and with them a minimum that nobody is alerted of.
 *
 * @param members those of one wallet
 * @param path what the wallet is called in messages
 * @param reader where to report
 */
export function warnOfNearKeys(members: readonly Member[], path: string, reader: Reader): void {
  const present = new Set(members.map(({ key }) => key));
  for (const { key, offset } of members) {
    if (isKnown(key)) continue;
    const shown = isPlainKey(key) ? ` ${key}` : "";
    const known = meantBy(key, present);
    if (known !== undefined) {
      reader.tell("warning", offset, path, `The key${shown} is ignored`, `Did you mean ${known}?`);
    } else if (OF_FORMAT_TWO.has(key.toLowerCase())) {
      const message = `The key${shown} is ignored: only format 2 has it`;
      reader.tell("warning", offset, path, message, "The command convert prints a configuration as one of format 2");
    }
  }
}

function isKnown(key: string): boolean {
  return WALLET_KEYS.some((known) => known === key);
}

/** Beside the key itself anything but another spelling of it may be a note. */
function meantBy(key: string, present: ReadonlySet<string>): string | undefined {
  const same = WALLET_KEYS.find((known) => isSpelledAlike(key, known));
  if (same !== undefined) return same;
  if (OF_FORMAT_TWO.has(key.toLowerCase())) return undefined;
  const missing = WALLET_KEYS.filter((known) => !present.has(known));
  const bare = key.toLowerCase().replace(/[^a-z0-9]+/g, "");
  return closest(key, missing) ?? ALIASES.find(([known, alias]) => missing.includes(known) && alias.test(bare))?.[0];
}
