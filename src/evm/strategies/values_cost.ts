import { type Account, isOfNoBlock, pollsPerRead } from "../../assets/asset.ts";
import type { Strategy } from "../../model/source.ts";
import { HEAD, ofBatches, ofMany, ofSingles, type PollCost, sum, times } from "./call_cost.ts";
import { MAX_OVERRIDE_BALANCES, overrideBalancesCall } from "./override_balances.ts";
import { LARGE_GAS } from "./override_call.ts";
import { overrideDigestCall } from "./override_digest.ts";
import { mostHolders, programCall } from "./program_call.ts";
import { programOf } from "./read_methods.ts";

/** Words of a result besides those of its entries: the head and the tag. */
export const PACKED_WORDS = 4;

/** The cost of native balances by state override, with the digest of the codes of some of them. */
export function ofBalances(coins: readonly Account[], others: readonly Account[]): PollCost {
  const watched = new Set(others.flatMap((account) => hasDigest(account) ? [account.holder] : []));
  if (watched.size === 0) {
    return ofMany(coins, MAX_OVERRIDE_BALANCES, (some) => overrideBalancesCall(some, "latest"), PACKED_WORDS, 1);
  }
  const callOf = (some: readonly Account[]): ReturnType<typeof overrideDigestCall> =>
    overrideDigestCall(some, some.filter(({ holder }) => watched.has(holder)).length, "latest");
  return ofMany(coins, MAX_OVERRIDE_BALANCES, callOf, PACKED_WORDS + 1, 1);
}

/** The cost of values by their programs, which are read in every poll, and of those without at their pace. */
export function ofPrograms(coins: readonly Account[], others: readonly Account[], interval: number): PollCost {
  const holders = new Set(coins.map(({ holder }) => holder));
  const costs = [...Map.groupBy(others, programOf)].map(([program, accounts]): PollCost => {
    if (program === undefined) return atTheirPace("packed", accounts, interval);
    // The digest of the balances shows that they are the same.
    const rest = program.digestWord === undefined ? accounts : accounts.filter(({ holder }) => !holders.has(holder));
    const callOf = (some: readonly Account[]): ReturnType<typeof programCall> => programCall(program, some, "latest");
    const words = PACKED_WORDS + (program.control === undefined ? 0 : 1);
    return ofMany(rest, mostHolders(program, LARGE_GAS), callOf, words, 1);
  });
  return sum(...costs);
}

/** The cost of values that take a call each: of one pace together, less often than in every poll. */
export function atTheirPace(strategy: Strategy, accounts: readonly Account[], interval: number): PollCost {
  const groups = [...Map.groupBy(accounts, ({ pace }) => pollsPerRead(pace, interval))];
  return sum(...groups.map(([polls, some]) => times(1 / polls, byThemselves(strategy, some))));
}

/** One a program, to compare it with the method. */
export function comparedWithMethods(others: readonly Account[]): readonly Account[] {
  const byProgram = Map.groupBy(others, programOf);
  return [...byProgram].flatMap(([program, [first]]) => program === undefined || first === undefined ? [] : [first]);
}

function byThemselves(strategy: Strategy, accounts: readonly Account[]): PollCost {
  const [aside, usual] = [accounts.filter(isOfNoBlock), accounts.filter((account) => !isOfNoBlock(account))];
  const ofUsual = strategy === "single" ? ofSingles : ofBatches;
  // The other strategies have their head already.
  const heads = usual.length > 0 && (strategy === "packed" || strategy === "multicall") ? [HEAD] : [];
  const ofMethods = (some: readonly Account[], of: (some: readonly Account[]) => PollCost): readonly PollCost[] =>
    [...Map.groupBy(some, methodOf).values()].map((each) => of(each));
  const ofAside = (some: readonly Account[]): PollCost => ofBatches(some, false);
  return sum(...heads, ...ofMethods(usual, ofUsual), ...ofMethods(aside, ofAside));
}

function hasDigest(account: Account): boolean {
  return programOf(account)?.digestWord !== undefined;
}

function methodOf({ asset, holder }: Account): string {
  const request = asset.request(holder);
  return request.type === "method" ? request.method : request.type;
}
