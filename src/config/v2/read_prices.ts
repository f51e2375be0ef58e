import { readDuration } from "../../util/duration.ts";
import { didYouMean } from "../../util/text.ts";
import type { PriceConfig } from "../model/config.ts";
import type { Field } from "../source/source_tree.ts";
import { parse } from "../source/validator.ts";
import { checkAddress } from "../wallets/wallet_address.ts";
import { priceShape } from "./schema.ts";

/** Feeds are updated once a day at least. */
const DEFAULT_MAX_AGE_MS = 25 * 3_600_000;

/**
 * Reads prices.
 *
 * @param networks the names of all
 * @returns those of each network
 */
export function readPrices(field: Field, networks: readonly string[]): ReadonlyMap<string, readonly PriceConfig[]> {
  const read = new Map<string, PriceConfig[]>();
  const { value: prices } = field;
  if (typeof prices !== "object" || prices === null) return read;
  if (Array.isArray(prices)) {
    field.error("Must be an object, found a list", "Give each price its symbol as a key");
    return read;
  }
  const taken = new Set<string>();
  for (const symbol of Object.keys(prices)) {
    const own = field.at(symbol);
    const written = parse(priceShape, own);
    const feed = checkAddress(own.at("feed"));
    const maxAge = readMaxAge(written?.maxAge, own.at("maxAge"));
    if (written === undefined || feed === undefined || maxAge === undefined) continue;
    const { network, symbols = [] } = written;
    if (!networks.includes(network)) {
      const advice = didYouMean(network, networks, "Use the name of a network of this configuration");
      own.at("network").error("Unknown network", advice);
      continue;
    }
    const all = [...new Set([symbol, ...symbols])];
    const duplicate = all.find((each) => taken.has(each));
    if (duplicate !== undefined) own.error(`Duplicate price of ${duplicate}`, "Remove one", "key");
    for (const each of all) taken.add(each);
    read.set(network, [...read.get(network) ?? [], { symbols: all, feed, maxAge }]);
  }
  return read;
}

/** The networks that the contracts of prices are on, also of invalid ones. */
export function networksOf(prices: Field): ReadonlySet<unknown> {
  const { value } = prices;
  const symbols = typeof value === "object" && value !== null ? Object.keys(value) : [];
  return new Set(symbols.map((symbol) => prices.at(symbol).at("network").value));
}

function readMaxAge(written: number | string | undefined, field: Field): number | undefined {
  if (written === undefined) return DEFAULT_MAX_AGE_MS;
  return readDuration(String(written)) ?? field.error("The time is too long", "Use a time such as 2h");
}
