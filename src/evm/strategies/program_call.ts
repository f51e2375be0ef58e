import type { Account, ValueProgram } from "../../assets/asset.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Block } from "../../model/block.ts";
import type { BlockTag } from "../../plan/plan.ts";
import {
  addressOf,
  type OverrideCode,
  type OverrideOptions,
  type OverrideWords,
  overrideWordsCall,
  type WordsCall,
} from "./override_call.ts";

/** Maximum holders per call: the result stays below the 100,000 bytes that erigon and bor return. */
const MAX_HOLDERS = 2990;

/** How many holders fit a call. */
export function mostHolders({ gas, gasPerHolder }: ValueProgram, maxGas: number): number {
  return Math.min(MAX_HOLDERS, Math.floor((maxGas - gas) / gasPerHolder));
}

/** How much gas a call needs. */
export function gasFor({ gas, gasPerHolder }: ValueProgram, holders: number): number {
  return gas + gasPerHolder * holders;
}

/**
 * Requests the words of holders in one `eth_call` with a state override.
 *
 * @returns the call; it may return words of the first holders only
 */
export function programCall(
  program: ValueProgram,
  accounts: readonly Account[],
  at: BlockTag | Block,
  options: Omit<OverrideOptions, "codes"> = {},
): WordsCall {
  const { holderCode, ownWord } = program;
  const holders = accounts.map(({ holder }) => holder);
  const entries = ownWord === undefined ? holders : [addressOf(program), ...holders];
  const codes = holderCode === undefined ? [] : holders.map((holder) => [holder, holderCode] as const);
  const hex = entries.map((address) => address.slice(2));
  const call = overrideWordsCall(codeOf(program), hex, at, { ...options, codes });
  if (ownWord === undefined) return call;
  return {
    ...call,
    decode(result): OverrideWords {
      const { words: [own, ...words], ...head } = call.decode(result);
      if (own !== ownWord) throw new RpcError("integrity", "the node does not run the program right", "unsupported");
      return { ...head, words };
    },
  };
}

function codeOf({ name, code, gas, gasPerHolder }: ValueProgram): OverrideCode {
  return { name, code, gas, gasPerEntry: gasPerHolder, wordsPerEntry: 1, mayEndEarly: true };
}
