import type { Config } from "../config/model/config.ts";
import { chainFacts } from "../evm/chains/chain_facts.ts";
import type { Plan } from "../plan/plan.ts";
import { formatCount } from "../util/text.ts";

/**
 * Returns what is valid, and probably not what was meant.
 *
 * @param now in seconds since the Unix epoch
 */
export function checkNotices(config: Config, plan: Plan, now: number): readonly string[] {
  return [...unusedTokens(config), ...unusedPrices(plan), ...endedMutes(config, now)];
}

/** Tokens that are read for named wallets, of which there are none. */
function* unusedTokens({ networks, lists = [], isSharded = false }: Config): Iterable<string> {
  if (isSharded) return;
  for (const { name, tokens = [], wallets } of networks) {
    // The lists are not fetched here.
    if (lists.some(({ network }) => network === name)) continue;
    for (const { symbol } of tokens.filter(({ wallets }) => wallets === "named")) {
      if (wallets.some(({ tokens = {} }) => Object.hasOwn(tokens, symbol))) continue;
      yield `No wallet of ${name} names ${symbol}, so it is not read: add tokens: { ${symbol}: {} } to a wallet`;
    }
  }
}

/** Prices of symbols that no coin or token has; the coin of a chain without an id is not known here. */
function* unusedPrices({ networks }: Plan): Iterable<string> {
  const coins = networks.map(({ symbol, chainId }) => symbol ?? (chainId && chainFacts(chainId)?.symbol));
  if (coins.includes(undefined)) return;
  const used = new Set([...coins, ...networks.flatMap(({ tokens }) => tokens.map(({ symbol }) => symbol))]);
  for (const { prices = [] } of networks) {
    for (const symbol of prices.flatMap(({ symbols }) => symbols)) {
      if (!used.has(symbol)) yield `No coin or token has the symbol ${symbol}, so its price is not used`;
    }
  }
}

function* endedMutes({ networks }: Config, now: number): Iterable<string> {
  for (const { name, wallets } of networks) {
    const [first, ...others] = wallets.filter(({ mute }) => mute !== undefined && mute.until <= now);
    if (first === undefined) continue;
    const more = others.length === 0 ? "" : ` and of ${formatCount(others.length, "other wallet")}`;
    yield `The mute of ${first.label} on ${name}${more} is over, alerts are sent again: remove or change it`;
  }
}

/** The methods that endpoints need besides those of a strategy, for values besides balances. */
export function valueMethods({ networks }: Plan): readonly string[] {
  const methods = networks.flatMap(({ values = [] }) => values).map(({ asset, holder }) => asset.request(holder))
    .flatMap((request) => request.type === "method" ? [request.method] : []);
  return [...new Set(methods)].sort();
}
