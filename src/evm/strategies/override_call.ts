import type { BlockTag } from "../../plan/plan.ts";
import type { Call } from "../../jsonrpc/call.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Block } from "../../model/block.ts";
import { blockParameter } from "./calls.ts";
import { decodeWords } from "./decode_words.ts";
import { type BatchBalances, errorsIn, headOf } from "./batch_balances.ts";
import { randomSender } from "./sender.ts";

/**
 * Code that a state override places at an unused address, for one call. It reads a random odd key and then entries from
 * the call data, and returns words of 32 bytes:
 *
 *     chain id, block number, block time, the words of each entry, …, tag
 *
 * The tag is a polynomial of all words at the key, see {@linkcode hasValidTag}: it detects a response that was cached,
 * cut, shifted, reordered or changed anywhere, or is all zeros.
 */
export interface OverrideCode {
  /** As hex digits. */
  readonly code: string;
  /** Its address: these 20 letters, which are no account's. */
  readonly name: string;
  /** Gas of a call without entries, and for each of them. */
  readonly gas: number;
  readonly gasPerEntry: number;
  /** How many words it returns per entry. */
  readonly wordsPerEntry: number;
  /** Whether it may return only the first entries. */
  readonly mayEndEarly: boolean;
}

/** A program that reads balances. */
export interface OverrideProgram extends OverrideCode {
  /** Converts the words of all entries to balances. */
  readonly balancesOf: (words: readonly bigint[]) => BatchBalances["balances"];
}

/** Words before those of the first entry: chain id, block number, block time. */
const HEAD_WORDS = 3;

/** Maximum gas of a call: nodes that limit transactions refuse more (EIP-7825). */
export const MAX_GAS = 16_777_216;

/** The largest `gas` of nodes that do not: geth and others run a call with 50,000,000 at most by default. */
export const LARGE_GAS = 50_000_000;

/**
 * Requests many balances in one `eth_call`.
 *
 * @param entries what the program reads, as hex digits
 * @param key random and odd, below 2^128: new for each call
 */
export function overrideCall(
  program: OverrideProgram,
  entries: readonly string[],
  at: BlockTag | Block,
  key?: bigint,
): Call<BatchBalances> {
  const { decode, ...call } = overrideWordsCall(program, entries, at, { key });
  return {
    ...call,
    errorsIn,
    decode(result): BatchBalances {
      const { words, ...head } = decode(result);
      return { ...head, balances: program.balancesOf(words) };
    },
  };
}

/** What a call is made of besides its program, entries and block. */
export interface OverrideOptions {
  /** Random and odd, below 2^128. @default a new one */
  readonly key?: bigint | undefined;
  /** Maximum gas. @default {16_777_216} */
  readonly maxGas?: number;
  /** Code at other addresses, with `0x`, as hex digits. @default none */
  readonly codes?: readonly (readonly [address: string, code: string])[];
}

/** The words of all entries, with their chain and block. */
export interface OverrideWords extends Omit<BatchBalances, "balances"> {
  readonly words: readonly bigint[];
}

/** A call for words, which can be made one for anything else. */
export type WordsCall = Pick<Call<OverrideWords>, "method" | "params" | "answerBytes" | "decode">;

/** Requests the words of entries in one `eth_call`. */
export function overrideWordsCall(
  program: OverrideCode,
  entries: readonly string[],
  at: BlockTag | Block,
  { key = randomKey(), maxGas = MAX_GAS, codes = [] }: OverrideOptions,
): WordsCall {
  const count = entries.length;
  const address = addressOf(program);
  const data = `0x${key.toString(16).padStart(64, "0")}${entries.join("")}`;
  const gas = Math.min(maxGas, program.gas + program.gasPerEntry * count).toString(16);
  const call = `{"from":"${randomSender()}","to":"${address}","data":"${data}","gas":"0x${gas}"}`;
  const overrides = [[address, program.code] as const, ...codes].map(([at, code]) => `"${at}":{"code":"0x${code}"}`);
  return {
    method: "eth_call",
    params: `[${call},${blockParameter(at)},{${overrides.join()}}]`,
    answerBytes: 256 + 64 * (HEAD_WORDS + program.wordsPerEntry * count + 1),
    decode(result): OverrideWords {
      if (result === "0x") throw new RpcError("bad_value", "the node ignores state overrides", "unsupported");
      return decode(program, decodeWords(result), count, key);
    },
  };
}

/** The address of a program, with `0x`. */
export function addressOf({ name }: Pick<OverrideCode, "name">): string {
  return `0x${new TextEncoder().encode(name).toHex()}`;
}

function decode(program: OverrideCode, words: bigint[], count: number, key: bigint): OverrideWords {
  const found = (words.length - HEAD_WORDS - 1) / program.wordsPerEntry;
  const least = program.mayEndEarly ? 1 : count;
  if (!Number.isInteger(found) || found < least || found > count) {
    throw new RpcError("bad_value", `got ${words.length} words for ${count} entries`);
  }
  const tag = words.pop();
  if (!hasValidTag(words, tag, key)) throw new RpcError("integrity", "the answer has no valid tag");
  const [chainId = 0n, number = 0n, time = 0n] = words;
  return { ...headOf(chainId, number, time), words: words.slice(HEAD_WORDS) };
}

/**
 * Whether a keyed polynomial tag is that of the words: `((key · key + w0) · key + w1) …` modulo 2^256.
 */
export function hasValidTag(words: readonly bigint[], tag: bigint | undefined, key: bigint): boolean {
  let expected = key;
  for (const word of words) expected = BigInt.asUintN(256, expected * key + word);
  return tag === expected;
}

/** Draws a key: odd, so that every word affects the tag, and below 2^128. */
export function randomKey(): bigint {
  return BigInt(`0x${crypto.getRandomValues(new Uint8Array(16)).toHex()}`) | 1n;
}
