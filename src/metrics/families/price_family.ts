import { chainFacts } from "../../evm/chains/chain_facts.ts";
import type { Family, Sample } from "../model/family.ts";
import type { NetworkSnapshot, Snapshot } from "../model/snapshot.ts";

/** The prices of the coins and tokens of each network. */
export const PRICE_FAMILY: Family = {
  name: "wallet_balance_exporter_price_usd",
  type: "gauge",
  help:
    "Price of the coin, token or deposit in USD, from the configured contract; absent while it is unknown or too old.",
  labels: ["network", "symbol"],
  samples,
};

function* samples({ networks, prices }: Snapshot): Iterable<Sample> {
  if (prices === undefined) return;
  // Two networks may have one label.
  const shown = new Set<string>();
  for (const network of networks) {
    const { networkLabel } = network.plan;
    for (const symbol of symbolsOf(network)) {
      const price = prices.get(symbol);
      const key = JSON.stringify([networkLabel, symbol]);
      if (price === undefined || shown.has(key)) continue;
      shown.add(key);
      yield { labels: [["network", networkLabel], ["symbol", symbol]], value: price.usd };
    }
  }
}

function* symbolsOf({ plan, chainId = plan.chainId, series }: NetworkSnapshot): Iterable<string> {
  const coin = plan.symbol ?? (chainId === undefined ? undefined : chainFacts(chainId)?.symbol);
  const hasCoin = (series["native"]?.length ?? 0) > 0;
  if (hasCoin && coin !== undefined) yield coin;
  for (const { symbol } of plan.tokens) yield symbol;
}
