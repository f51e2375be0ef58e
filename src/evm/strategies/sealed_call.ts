import type { BlockTag } from "../../plan/plan.ts";
import type { Call } from "../../jsonrpc/call.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import { type Block, blockParameter } from "./calls.ts";
import { decodeWords } from "./decode_words.ts";
import { errorsIn, headOf, type ManyBalances } from "./many_balances.ts";
import { isSealed, randomKey } from "./seal.ts";
import { randomSender } from "./sender.ts";

/**
 * Code that a state override puts at an unused address, for one call. It reads a
 * random odd key and then entries from the call data, and answers words of 32 bytes:
 *
 *     chain id, block number, block time, what it found for each entry, …, seal
 *
 * The seal is made of the key and all words, see {@linkcode isSealed}: an answer
 * that was cached, cut, shifted, put in another order, or changed anywhere does not
 * fit it, and nor do zeros.
 */
export interface Loop {
  /** As hex digits. */
  readonly code: string;
  /** Where it is put: no account has this address, which spells its name in 20 letters. */
  readonly name: string;
  /** Gas of a call without entries, and for each of them. */
  readonly gas: number;
  readonly gasAnEntry: number;
  /** How many words it answers for an entry. */
  readonly wordsAnEntry: number;
  /** Whether it may answer for the first entries only. */
  readonly mayEndEarly: boolean;
  /** Makes the balances of the words of all entries. */
  readonly balancesOf: (words: readonly bigint[]) => ManyBalances["balances"];
}

/** Words before those of the first entry: chain id, block number, block time. */
const HEAD_WORDS = 3;

/** Gas of a call: more is refused by nodes that bound transactions (EIP-7825). */
const MOST_GAS = 16_777_216;

/**
 * Asks for many balances in one `eth_call`.
 *
 * @param loop the code that finds them
 * @param entries what it reads of each, as hex digits
 * @param at the block they are read at
 * @param key random and odd, below 2^128: new for each call
 */
export function sealedCall(
  loop: Loop,
  entries: readonly string[],
  at: BlockTag | Block,
  key: bigint = randomKey(),
): Call<ManyBalances> {
  const count = entries.length;
  const address = `0x${new TextEncoder().encode(loop.name).toHex()}`;
  const data = `0x${key.toString(16).padStart(64, "0")}${entries.join("")}`;
  const gas = Math.min(MOST_GAS, loop.gas + loop.gasAnEntry * count).toString(16);
  const call = `{"from":"${randomSender()}","to":"${address}","data":"${data}","gas":"0x${gas}"}`;
  return {
    method: "eth_call",
    params: `[${call},${blockParameter(at)},{"${address}":{"code":"0x${loop.code}"}}]`,
    answerBytes: 256 + 64 * (HEAD_WORDS + loop.wordsAnEntry * count + 1),
    errorsIn,
    decode(result): ManyBalances {
      if (result === "0x") throw new RpcError("bad_value", "the node ignores state overrides", "unsupported");
      return decode(loop, decodeWords(result), count, key);
    },
  };
}

function decode(loop: Loop, words: bigint[], count: number, key: bigint): ManyBalances {
  const found = (words.length - HEAD_WORDS - 1) / loop.wordsAnEntry;
  const isRight = found === count || loop.mayEndEarly && Number.isInteger(found) && found >= 1 && found < count;
  if (!isRight) {
    const expected = loop.mayEndEarly ? `up to ${count}` : count;
    throw new RpcError("bad_value", `expected ${expected} entries, got ${words.length} words`);
  }
  const seal = words.pop();
  if (!isSealed(words, seal, key)) throw new RpcError("integrity", "the answer does not fit its seal");
  const [chainId = 0n, number = 0n, time = 0n] = words;
  return { ...headOf(chainId, number, time), balances: loop.balancesOf(words.slice(HEAD_WORDS)) };
}
