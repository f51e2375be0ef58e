import {
  type Account,
  callDataOf,
  isDeclaredAnswer,
  ONE_WORD,
  OPEN_ANSWER_DIGITS,
  type ViewAnswer,
} from "../../assets/asset.ts";
import type { BlockTag } from "../../plan/plan.ts";
import type { Call } from "../../jsonrpc/call.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Block } from "../../model/block.ts";
import { blockParameter } from "./calls.ts";
import { decodeWords } from "./decode_words.ts";
import { type BatchBalances, errorsIn, headOf } from "./batch_balances.ts";
import { randomSender } from "./sender.ts";

/** `keccak256` of the code of the official Multicall3 deployments. */
export const MULTICALL3_CODE_HASH = "0xd5c15df687b16f2ff992fc8d767b4216323184a2bbc6ee2f9c398c318e770891";

/** Maximum balances per call: at 224 bytes each, the request stays below the 256 KiB that proxies accept. */
export const MAX_MULTICALL = 550;

const AGGREGATE3 = "82ad56cb";
const GET_CHAIN_ID = "3408e470";
const GET_BLOCK_NUMBER = "42cbb15c";
const GET_BLOCK_TIME = "0f28c97d";
const GET_ETH_BALANCE = "4d2301cc";
/** Calls before those for balances. */
const HEAD = [GET_CHAIN_ID, GET_BLOCK_NUMBER, GET_BLOCK_TIME];

const MAX_GAS = 16_777_216;
const GAS_PER_BALANCE = 14_000;
const GAS_PER_VIEW = 80_000;
/** Besides its first calls. */
const GAS_PER_HEAD = 500_000 - HEAD.length * GAS_PER_BALANCE;

/** Bytes of a word. */
const WORD = 32;

/** Requests many balances in one `eth_call` to Multicall3's `aggregate3`. */
export function multicallCall(
  contract: string,
  accounts: readonly Account[],
  at: BlockTag | Block,
): Call<BatchBalances> {
  const head = HEAD.map((data): Inner => ({ target: contract, data }));
  const calls = [...head, ...accounts.map((account) => innerOf(account, contract))];
  const needed = calls.reduce((sum, { answer }) => sum + (answer ? GAS_PER_VIEW : GAS_PER_BALANCE), GAS_PER_HEAD);
  const gas = Math.min(MAX_GAS, needed).toString(16);
  const data = encodeAggregate(calls);
  return {
    method: "eth_call",
    params: `[{"from":"${randomSender()}","to":"${contract}","data":"${data}","gas":"0x${gas}"},${blockParameter(at)}]`,
    // A call that fails may return more than a word.
    answerBytes: calls.reduce((sum, { answer }) => sum + digitsOf(answer), 1024 + 2 * WORD * (2 + 8 * calls.length)),
    errorsIn,
    decode: (result) => decode(result, calls),
  };
}

/** One of the inner calls. */
interface Inner {
  /** The contract, with `0x`. */
  readonly target: string;
  /** Hex digits. */
  readonly data: string;
  /** What a view returns; one word of others. */
  readonly answer?: ViewAnswer;
}

/** Hex digits of an answer besides its first word. */
function digitsOf({ words, isOpen }: ViewAnswer = ONE_WORD): number {
  return isOpen ? OPEN_ANSWER_DIGITS : 2 * WORD * (words - 1);
}

function innerOf({ asset, holder }: Account, contract: string): Inner {
  const request = asset.request(holder);
  switch (request.type) {
    case "balance":
      return { target: contract, data: GET_ETH_BALANCE + request.address.slice(2).padStart(64, "0") };
    case "view":
      return { target: request.contract, data: callDataOf(request), answer: request.answer ?? ONE_WORD };
    case "method":
      throw new TypeError("Multicall3 carries no methods");
  }
}

/** `aggregate3((address target, bool allowFailure, bytes callData)[])` in the contract ABI's encoding. */
function encodeAggregate(calls: readonly Inner[]): string {
  const tuples = calls.map(({ target, data }) => {
    const padding = "0".repeat(-data.length & 63);
    return word(BigInt(target)) + word(1) + word(3 * WORD) + word(data.length / 2) + data + padding;
  });
  let place = WORD * calls.length;
  const places = tuples.map((tuple) => {
    const own = word(place);
    place += tuple.length / 2;
    return own;
  });
  return `0x${AGGREGATE3}${word(WORD)}${word(calls.length)}${places.join("")}${tuples.join("")}`;
}

/** `(bool success, bytes returnData)[]`: only in the canonical encoding, without gaps between results. */
function decode(result: unknown, calls: readonly Inner[]): BatchBalances {
  const words = decodeWords(result);
  const count = calls.length;
  expect(words[0] === BigInt(WORD) && words[1] === BigInt(count));
  let at = 2 + count;
  const values: (bigint | RpcError)[] = [];
  for (let index = 0; index < count; index++) {
    const answer = calls[index]?.answer;
    expect(words[2 + index] === BigInt(WORD * (at - 2)));
    const { word } = answer ?? ONE_WORD;
    const [success, place, bytes, value] = [words[at], words[at + 1], words[at + 2], words[at + 3 + word]];
    expect((success === 0n || success === 1n) && place === 2n * BigInt(WORD) && bytes !== undefined);
    const isGood = success === 1n && isDeclaredAnswer(answer ?? ONE_WORD, Number(bytes)) && value !== undefined;
    values.push(isGood ? value : failedCall(answer !== undefined));
    at += 3 + Math.ceil(Number(bytes) / WORD);
  }
  expect(at === words.length);
  const [chainId, number, time] = values;
  if (typeof chainId !== "bigint" || typeof number !== "bigint" || typeof time !== "bigint") {
    throw new RpcError("bad_value", "the multicall does not report its chain and block");
  }
  return { ...headOf(chainId, number, time), balances: values.slice(HEAD.length) };
}

/** A contract that failed is read again in a batch, which returns its error. */
function failedCall(isView: boolean): RpcError {
  return isView
    ? new RpcError("reverted", "the token's contract reverted")
    : new RpcError("rpc_error", "a call of the multicall failed");
}

function expect(holds: boolean): asserts holds {
  if (!holds) throw new RpcError("bad_value", "expected the results of a multicall");
}

function word(value: number | bigint): string {
  return value.toString(16).padStart(64, "0");
}
