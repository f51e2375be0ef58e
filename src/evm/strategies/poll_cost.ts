import { type Account, byRequestType } from "../../assets/asset.ts";
import type { Strategy } from "../../model/source.ts";
import {
  HEAD,
  longAnswers,
  NOTHING,
  ofBatches,
  ofCalls,
  ofMany,
  ofSingles,
  type PollCost,
  SEPARATE_HEAD,
  sum,
  times,
  TWO_BLOCKS,
} from "./call_cost.ts";
import { MAX_MULTICALL, multicallCall } from "./multicall_call.ts";
import { MAX_OVERRIDE_VIEWS, overrideViewsCall } from "./override_views.ts";
import { atTheirPace, comparedWithMethods, ofBalances, ofPrograms, PACKED_WORDS } from "./values_cost.ts";

/** The methods that an endpoint must answer to be read by a strategy, for native balances and tokens. */
export const NEEDED_METHODS: Readonly<Record<Strategy, string>> = {
  packed: "eth_call with state overrides",
  multicall: "eth_chainId, eth_getCode, eth_call (with Multicall3 on the chain)",
  batch: "eth_chainId, eth_getBlockByNumber, eth_getBalance (tokens: eth_call), in JSON-RPC batches",
  single: "eth_chainId, eth_getBlockByNumber, eth_getBalance (tokens: eth_call)",
  latest: "eth_getBalance (tokens: eth_call), with block: latest",
};

/** Words of a result besides the balances: the head, and the frame of a list. */
const MULTICALL_WORDS = 2 + 3 * 5;
const MULTICALL_ADDRESS = `0x${"c".repeat(40)}`;

/**
 * Estimates the cost of a poll.
 *
 * @param interval between two polls, in milliseconds: values of a slower pace are not read in every poll. @default none
 */
export function pollCost(strategy: Strategy, accounts: readonly Account[], interval = Infinity): PollCost {
  const { balance: coins = [], view: tokens = [], method: others = [] } = byRequestType(accounts);
  switch (strategy) {
    case "packed":
      return sum(
        ofBalances(coins, others),
        ofMany(tokens, MAX_OVERRIDE_VIEWS, (some) => overrideViewsCall(some, "latest"), PACKED_WORDS, 2),
        ofPrograms(coins, others, interval),
      );
    case "multicall":
      return sum(ofMulticall(coins), ofMulticall(tokens), atTheirPace(strategy, others, interval));
    case "batch":
    case "single":
    case "latest": {
      if (accounts.length === 0) return NOTHING;
      const ofOwn = strategy === "single" ? ofSingles : ofBatches;
      return sum(...HEADS[strategy], ofOwn(coins), ofOwn(tokens), atTheirPace(strategy, others, interval));
    }
  }
}

/**
 * Estimates the extra requests, once a day or once per endpoint: a balance to compare the strategy's with, or one of
 * each type at a block that does not exist.
 */
export function comparisonCost(strategy: Strategy, accounts: readonly Account[]): PollCost {
  const byType = byRequestType(accounts);
  const ofOne = (some: readonly Account[] = []): PollCost =>
    some.length === 0 ? NOTHING : { ...ofCalls(some.slice(0, 1), 0), requests: 1 };
  switch (strategy) {
    case "packed":
      return sum(ofOne(byType.balance), ...comparedWithMethods(byType.method ?? []).map((account) => ofOne([account])));
    case "multicall":
      return ofOne(byType.balance);
    case "batch":
    case "single":
      return sum(...Object.values(byType).map(ofOne));
    case "latest":
      return NOTHING;
  }
}

/** Without a block number, accounts are read between two heads. */
const HEADS = { batch: [HEAD], single: [SEPARATE_HEAD], latest: [HEAD, HEAD] } as const;

function ofMulticall(accounts: readonly Account[]): PollCost {
  const cost = ofMany(
    accounts,
    MAX_MULTICALL,
    (some) => multicallCall(MULTICALL_ADDRESS, some, "latest"),
    MULTICALL_WORDS,
    5,
  );
  return { ...cost, receivedBytes: cost.receivedBytes + longAnswers(accounts) };
}

/**
 * Estimates the requests for the past of accounts.
 *
 * @param accounts native balances and tokens
 * @param hours one reading each
 */
export function pastCost(accounts: readonly Account[], hours: number): PollCost {
  return accounts.length === 0 ? NOTHING : sum(TWO_BLOCKS, times(hours, pollCost("packed", accounts)));
}
