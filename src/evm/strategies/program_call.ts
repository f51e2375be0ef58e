import type { Account, ValueProgram } from "../../assets/asset.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Block } from "../../model/block.ts";
import type { BlockTag } from "../../plan/plan.ts";
import {
  addressOf,
  LARGE_GAS,
  type OverrideCode,
  type OverrideWords,
  overrideWordsCall,
  type WordsCall,
} from "./override_call.ts";

/** Maximum holders per call: the result stays below the 100,000 bytes that erigon and bor return. */
const MAX_HOLDERS = 2990;

/** The address of a program's control: these letters, which are no account's. */
export const CONTROL_ADDRESS = addressOf({ name: "wallet-balance-check" });

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
 * @param maxGas of the call, however many holders it has
 * @returns the call; it may return words of the first holders only
 */
export function programCall(
  program: ValueProgram,
  accounts: readonly Account[],
  at: BlockTag | Block,
  maxGas = LARGE_GAS,
): WordsCall {
  const { holderCode, control } = program;
  const holders = accounts.map(({ holder }) => holder);
  const entries = control === undefined ? holders : [CONTROL_ADDRESS, ...holders];
  const controls = control === undefined ? [] : [[CONTROL_ADDRESS, control.code] as const];
  const codes = holderCode === undefined ? controls : holders.map((holder) => [holder, holderCode] as const);
  const hex = entries.map((address) => address.slice(2));
  const call = overrideWordsCall(codeOf(program), hex, at, { maxGas, codes });
  if (control === undefined) return call;
  return {
    ...call,
    decode(result): OverrideWords {
      const { words: [found, ...words], ...head } = call.decode(result);
      if (found !== control.word) {
        throw new RpcError("integrity", "the node does not run the program right", "unsupported");
      }
      return { ...head, words };
    },
  };
}

function codeOf({ name, code, gas, gasPerHolder }: ValueProgram): OverrideCode {
  return { name, code, gas, gasPerEntry: gasPerHolder, wordsPerEntry: 1, mayEndEarly: true };
}
