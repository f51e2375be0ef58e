import { closest, isSpelledAlike } from "../../util/text.ts";
import type { EndpointUrl } from "../secrets/endpoint_url.ts";
import type { Explanation } from "../secrets/expand_secrets.ts";
import { isExampleHost, placeholderIn } from "../secrets/placeholder.ts";
import { type Field, isPlainKey } from "../source/source_tree.ts";
import { WALLET_KEYS } from "./v1_tree.ts";

/** The keys of version 2 at the top, of which `networks` alone says what to watch. */
const V2_KEYS = ["version", "networks", "interval", "staleAfter", "defaults"];

/**
 * Finds a key that shows that a text without a version is version 2.
 *
 * @returns its place among them; -1 when there is none
 */
export function findV2Key(keys: readonly string[]): number {
  if (keys.some((key) => key.includes("//"))) return -1;
  return keys.findIndex((key) => ["networks", "version"].includes(closest(key, V2_KEYS) ?? ""));
}

/**
 * Advice on a key that is not an RPC URL: a word at the top is likely a key of
 * version 2, or of another exporter.
 */
export function adviceOnKey(key: string, { advice }: Explanation): string {
  if (!/^[A-Za-z][\w-]*$/.test(key) || !isPlainKey(key)) return advice;
  return `${advice}; in version 1 the top-level keys are RPC URLs, and networks with names need version: 2`;
}

/**
 * Warns of a URL with a placeholder, or with a key in its host.
 * Version 1 expands nothing: what looks like a variable is sent as it is.
 */
export function warnOfUrl(key: string, { hasKeyInHost }: EndpointUrl, field: Field): void {
  const where = placeholderIn(key);
  if (where !== undefined) {
    const advice = key.includes("${")
      ? "Version 1 does not expand variables: write the key itself, or use version 2"
      : "Write the key itself";
    field.warning(`The RPC URL has a placeholder in its ${where}, which is sent as it is`, advice, "key");
  } else if (isExampleHost(key)) {
    field.notice("The RPC URL's host is reserved for examples", "Write the node's own host", "key");
  }
  if (hasKeyInHost) {
    const advice = "Use version 2, where networks and endpoints have their own names";
    field.warning("Part of the host looks like a key, and the label network may show it", advice, "key");
  }
}

/** Keys that a wallet of version 2 has besides. */
const ONLY_V2: ReadonlySet<string> = new Set(["thresholds", "labels", "tokens"]);

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
 * Warns of duplicate keys of a wallet, and of likely typos: they are ignored, as in
 * the original, and with them a minimum that nobody is alerted of.
 */
export function checkWalletKeys(keys: readonly string[], wallet: Field): void {
  const counts = new Map<string, number>();
  const present = new Set(keys);
  for (const key of keys) {
    const nth = counts.get(key) ?? 0;
    counts.set(key, nth + 1);
    const warn = (message: string, advice: string): void => wallet.at(key).at(nth).warning(message, advice, "key");
    const shown = isPlainKey(key) ? ` "${key}"` : "";
    if (WALLET_KEYS.some((known) => known === key)) {
      if (nth > 0) warn(`Duplicate key${shown}: the last one is used`, "Remove the others");
      continue;
    }
    const meant = meantBy(key, present);
    if (meant !== undefined) warn(`Ignored key${shown}`, `Did you mean ${meant}?`);
    else if (ONLY_V2.has(key.toLowerCase())) {
      const advice = 'Only version 2 has it; the command "convert" prints a configuration as version 2';
      warn(`Ignored key${shown}`, advice);
    }
  }
}

/** If the meant key is there as well, only another spelling of it is a typo; anything else may be a note. */
function meantBy(key: string, present: ReadonlySet<string>): string | undefined {
  const same = WALLET_KEYS.find((known) => isSpelledAlike(key, known));
  if (same !== undefined) return same;
  if (ONLY_V2.has(key.toLowerCase())) return undefined;
  const missing = WALLET_KEYS.filter((known) => !present.has(known));
  const bare = key.toLowerCase().replace(/[^a-z0-9]+/g, "");
  return closest(key, missing) ?? ALIASES.find(([known, alias]) => missing.includes(known) && alias.test(bare))?.[0];
}
