/**
 * What version 2 allows, one object at a time: objects inside an object are
 * checked on their own, so that a mistake in one hides none in another. Each
 * message completes "Must be …". The JSON schema is made of the same.
 *
 * @module
 */

import * as v from "valibot";
import { SCHEMA_PARTS } from "../wallets/wallet_schema.ts";
import { MAX_ANSWER_WORDS } from "../../assets/asset.ts";
import { type PresetName, TOKEN_PRESETS } from "../../assets/token_presets.ts";
import type { SchemaPart } from "../model/load_context.ts";
import { WITH_UNITS } from "../../util/duration.ts";
import {
  addressText,
  described,
  labels,
  name,
  symbol,
  text,
  thresholdsShape,
  walletShape,
} from "../wallets/wallet_schema.ts";

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;

const secretText = v.pipe(v.string("a string"), v.minLength(1, "a string that is not empty"));

const DURATION = "whole seconds such as 60, or a time with a unit such as 15s or 5m";
// Every member has the message: a union reports that of the best match, and the library's own quote the value.
const duration = v.union([
  v.pipe(v.number(DURATION), v.integer(DURATION), v.minValue(1, DURATION)),
  text(WITH_UNITS, DURATION),
], DURATION);

const BACKFILL = "a time from 1h to 24h, or 0 for none";

/** What a network may say, and the defaults for those that do not. */
const OUTFLOW_KEYS = {
  outflow: described(v.optional(v.boolean("true or false")), "publish how fast balances decrease; implied by backfill"),
  backfill: described(
    v.optional(v.union([v.literal(0, BACKFILL), text(WITH_UNITS, BACKFILL)], BACKFILL)),
    "at the start, read balances of past hours once, so that time left is known at once; needs state overrides",
  ),
};

const STALE_AFTER = "a time such as 24h, or 0 for never";

const BLOCK_TAGS = ["latest", "safe", "finalized"] as const;
const BLOCK = `one of ${BLOCK_TAGS.join(", ")}, or a number of blocks relative to the latest, from -1 to -1000`;

const decimals = whole(0, 77);

const readFor = described(
  v.optional(v.picklist(["all", "named"], "all or named")),
  "all wallets of the network, or those that name the token; all if it is not given",
);

/** An ERC-20 token. */
export const tokenShape = v.strictObject({
  symbol: described(symbol, "the `symbol` label; wallets name the token by it"),
  address: described(addressText, "its contract"),
  decimals: described(v.optional(decimals), "what its contract must return; not checked if it is not given"),
  wallets: readFor,
});

const PRESETS = Object.keys(TOKEN_PRESETS) as [PresetName, ...PresetName[]];

/** A token that is configured by its name. */
export const presetShape = v.strictObject({
  preset: described(
    v.picklist(PRESETS, `one of ${PRESETS.join(", ")}`),
    "a known contract; by chain id for weth, link and steth",
  ),
  symbol: described(v.optional(symbol), "the `symbol` label, instead of that of the preset"),
  address: described(v.optional(addressText), "its contract, instead of that of the preset"),
  decimals: described(v.optional(decimals), "instead of those of the preset"),
  wallets: readFor,
});

const FUNCTION = "a function such as getBalance(uint256)";
const ARGUMENT = "wallet, or a string, number or boolean";

/** A word that a function of a contract returns. */
export const viewShape = v.strictObject({
  name: described(symbol, "the `symbol` label; wallets name the view by it, like a token"),
  address: described(addressText, "the contract"),
  call: described(
    v.pipe(v.string(FUNCTION), v.maxLength(1000, FUNCTION)),
    "its function, such as getBalance(uint256); with returns (uint96, address[]) the answer is checked",
  ),
  args: described(
    v.optional(v.array(v.union([v.string(), v.number(), v.boolean()], ARGUMENT), "a list")),
    "its arguments; `wallet` is the wallet's address: then it is read for each wallet, otherwise for the contract",
  ),
  decimals: described(v.optional(decimals), "of the value; 0 if it is not given"),
  word: described(
    v.optional(whole(0, MAX_ANSWER_WORDS - 1)),
    "which word of the answer is the value, from 0; without it the answer must be one word, or as declared",
  ),
  wallets: readFor,
  thresholds: described(v.optional(thresholdsShape), "of a view that is read for the contract, in whole units"),
});

/** A price. */
export const priceShape = v.strictObject({
  feed: described(addressText, "a contract with latestAnswer(), latestTimestamp() and decimals(), such as Chainlink's"),
  network: described(v.string("the name of a network"), "the name of the network that the contract is on"),
  maxAge: described(v.optional(duration), "an older price is not used; 25h if it is not given"),
  symbols: described(v.optional(v.array(symbol, "a list")), "more coins, tokens and deposits with this price"),
});

const headers = described(
  v.optional(v.record(text(HEADER_NAME, "the name of an HTTP header"), v.string("a string"))),
  "sent with every request; may hold ${NAME} and ${file:/path}",
);

/** An endpoint as an object. */
export const endpointShape = v.strictObject({
  url: described(
    secretText,
    "http or https; ${NAME} is replaced by an environment variable, ${file:/path} by the content of a file",
  ),
  name: described(v.optional(name), "the `endpoint` label; the URL's host if it is not given"),
  headers,
  requestsPerSecond: described(
    v.optional(
      v.pipe(v.number("a number"), v.minValue(0.01, "a number from 0.01"), v.maxValue(100_000, "at most 100000")),
    ),
    "maximum JSON-RPC calls per second; each item of a batch counts as one",
  ),
});

/** A list of wallets as an object. */
export const listShape = v.strictObject({
  url: described(secretText, "of a list over HTTP; may hold ${NAME} and ${file:/path}"),
  headers,
  refresh: described(v.optional(duration), "how often it is fetched; 60s if it is not given"),
});

type NetworkKeys = ReturnType<typeof networkKeys>;

/** Makes the shape of a network, by default without its content. */
export function networkShape(
  parts: readonly SchemaPart[] = SCHEMA_PARTS,
  keys: NetworkKeys = networkKeys(v.unknown(), v.unknown(), v.unknown(), v.unknown(), v.unknown()),
): v.StrictObjectSchema<NetworkKeys, undefined> {
  return v.strictObject(Object.assign({}, keys, ...parts.map(({ network }) => network), keys));
}

function networkKeys(endpoint: Schema, token: Schema, view: Schema, wallet: Schema, list: Schema) {
  return {
    name: described(name, "the `network` label"),
    chainId: described(v.optional(whole(1, Number.MAX_SAFE_INTEGER)), "endpoints of another chain are refused"),
    genesis: described(
      v.optional(text(/^0x[0-9a-fA-F]{64}$/, "0x followed by 64 hex digits")),
      "the hash of the first block, which differs between chains of one id",
    ),
    endpoints: described(
      v.pipe(v.array(endpoint, "a list"), v.minLength(1, "a list of at least one")),
      "URLs, or objects with more keys; the best first",
    ),
    quorum: described(v.optional(whole(1, 20)), "how many endpoints must give the same balance; 1 if it is not given"),
    block: described(
      v.optional(
        v.union([
          v.picklist(BLOCK_TAGS, BLOCK),
          v.pipe(v.number(BLOCK), v.integer(BLOCK), v.minValue(-1000, BLOCK), v.maxValue(-1, BLOCK)),
        ], BLOCK),
      ),
      "which block is read; latest if it is not given",
    ),
    symbol: described(v.optional(symbol), "of the coin, for display; known for common chains"),
    decimals: described(v.optional(decimals), "of the coin; 18 if it is not given"),
    tokens: described(
      v.optional(v.array(token, "a list")),
      "ERC-20 tokens and deposits to read in addition to the native coin",
    ),
    views: described(v.optional(v.array(view, "a list")), "what other functions of contracts return"),
    interval: described(v.optional(duration), "time between checks of this network"),
    ...OUTFLOW_KEYS,
    wallets: described(v.optional(v.array(wallet, "a list")), "the wallets to monitor"),
    walletsFrom: described(
      v.optional(list),
      "more wallets, from files in CSV or JSON, all that match a pattern such as wallets.d/*.csv, or from URLs",
    ),
  };
}

type ConfigShape = v.StrictObjectSchema<ReturnType<typeof configKeys>, undefined>;

/** Makes the shape of the whole configuration, by default without the content of its networks. */
export function configShape(
  parts: readonly SchemaPart[] = SCHEMA_PARTS,
  network: Schema = v.unknown(),
  price: Schema = v.unknown(),
): ConfigShape {
  return v.strictObject(configKeys(parts, network, price));
}

const DEFAULT_KEYS = {
  thresholds: described(v.optional(thresholdsShape), "of wallets that do not have their own"),
  labels: described(v.optional(labels), "of wallets that do not have their own"),
  ...OUTFLOW_KEYS,
};

function defaultsShape(parts: readonly SchemaPart[]): v.StrictObjectSchema<typeof DEFAULT_KEYS, undefined> {
  return v.strictObject(Object.assign({}, DEFAULT_KEYS, ...parts.map(({ network }) => network), DEFAULT_KEYS));
}

function configKeys(parts: readonly SchemaPart[], network: Schema, price: Schema) {
  return {
    version: described(v.literal(2, "2, as in version: 2"), "of this file format"),
    interval: described(v.optional(duration), "time between checks; over --interval and CHECK_INTERVAL"),
    staleAfter: described(
      v.optional(
        v.union([
          v.literal(0, STALE_AFTER),
          v.pipe(v.number(STALE_AFTER), v.integer(STALE_AFTER), v.minValue(0, STALE_AFTER)),
          text(WITH_UNITS, STALE_AFTER),
        ], STALE_AFTER),
      ),
      "withdraw a balance this long after its last good reading",
    ),
    defaults: described(v.optional(defaultsShape(parts)), "for all wallets and networks"),
    prices: described(
      v.optional(v.record(symbol, price, "an object")),
      "in USD, by the symbols of coins and tokens: what balances are worth is shown",
    ),
    networks: described(v.array(network, "a list"), "one per chain"),
  };
}

/** Makes the shape of everything, for the JSON schema. */
export function wholeShape(parts: readonly SchemaPart[] = SCHEMA_PARTS): Schema {
  const lists = v.union([secretText, listShape, v.array(v.union([secretText, listShape]))]);
  const endpoint = v.union([secretText, endpointShape]);
  const token = v.union([tokenShape, presetShape]);
  const keys = networkKeys(endpoint, token, viewShape, walletShape(parts), lists);
  return configShape(parts, networkShape(parts, keys), priceShape);
}

type Schema = v.GenericSchema;

function whole(least: number, most: number) {
  const message = `a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? "" : ` to ${most}`}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(least, message), v.maxValue(most, message));
}
