import {
  type Account,
  callDataOf,
  isDeclaredAnswer,
  isPlainView,
  ONE_WORD,
  type ViewRequest,
} from "../../assets/asset.ts";
import { PROGRAM_START, programEnd } from "../../assets/program_code.ts";
import type { BlockTag } from "../../plan/plan.ts";
import type { Call } from "../../jsonrpc/call.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Block } from "../../model/block.ts";
import type { BatchBalances } from "./batch_balances.ts";
import { overrideCall, type OverrideCode } from "./override_call.ts";
import { GAS_PER_VIEW } from "./account_call.ts";

/** The end of its loop, before which `in` was moved. */
const END = [
  "9060400190", // out + 64
  ...programEnd(250_000),
];

/**
 * Reads entries of 44 bytes (function selector, contract, argument), and returns two words per entry: the length of the
 * contract's return data, and its first word. A call that fails has length 0. Each has a gas limit, and the response ends
 * before too little gas is left for the next.
 */
const TOKEN_CODE = [
  ...PROGRAM_START,
  "6004818337", // CALLDATACOPY(out, in, 4)                the function
  "6014816018018360100137", // CALLDATACOPY(out + 16, in + 24, 20), its argument
  "602060208301602484846004013560601c", // 32, out + 32, 36, out, CALLDATALOAD(in + 4) >> 96
  "62030d40fa", // STATICCALL(200,000 gas, …)              key tag out in success
  "3d02", // success · RETURNDATASIZE                      key tag out in bytes
  "808352", // MSTORE(out, bytes)
  "848402019250", // tag · key + bytes → tag             key tag out in
  "8160200151", // MLOAD(out + 32)                         key tag out in word
  "848402019250", // tag · key + word → tag              key tag out in
  "602c01", // in + 44
  ...END,
].join("");

/**
 * The same for calls with data of any length and for any word of an answer. An entry is the contract, the bytes of the
 * answer up to the end of the word (2) and of the data (2), and the data. An answer is cut after the word.
 */
const VIEW_CODE = [
  ...PROGRAM_START,
  "8035", // CALLDATALOAD(in)                              key tag out in head
  "8060401c61ffff1690", // head >> 64 & 65,535             key tag out in size head
  "8060501c61ffff1690", // head >> 80 & 65,535             key tag out in size cut head
  "60601c", // head >> 96                                  key tag out in size cut to
  "82846018018637", // CALLDATACOPY(out, in + 24, size)
  "8185848784", // cut, out, size, out, to
  "62030d40fa", // STATICCALL(200,000 gas, …)              key tag out in size cut to success
  "3d029050", // success · RETURNDATASIZE                  key tag out in size cut bytes
  "9060209003840151", // MLOAD(out + cut - 32)             key tag out in size bytes word
  "818552", // MSTORE(out, bytes)
  "808560200152", // MSTORE(out + 32, word)
  "85870282018702019450", // (tag · key + bytes) · key + word → tag
  "50", // POP                                             key tag out in size
  "60180101", // in + 24 + size
  ...END,
].join("");

const TOKEN_PROGRAM: OverrideCode = {
  code: TOKEN_CODE,
  name: "wallet-balance-token",
  gas: 300_000,
  // Most tokens take a tenth of their limit.
  gasPerEntry: GAS_PER_VIEW + 10_000,
  wordsPerEntry: 2,
  mayEndEarly: true,
};

const VIEW_PROGRAM = { ...TOKEN_PROGRAM, code: VIEW_CODE, name: "wallet-balance-views" };

const WORD_BYTES = 32;

/** Maximum views per call: a third of the result that erigon and bor return, and gas for most tokens. */
export const MAX_OVERRIDE_VIEWS = 500;

/**
 * Calls many contracts in one `eth_call` with a state override.
 *
 * @param key random and odd, below 2^128: new for each call
 * @returns the call; it may return values of the first accounts only
 */
export function overrideViewsCall(
  accounts: readonly Account[],
  at: BlockTag | Block,
  key?: bigint,
): Call<BatchBalances> {
  const requests = accounts.map(requestOf);
  const isPlain = requests.every(isPlainView);
  const program = isPlain ? TOKEN_PROGRAM : VIEW_PROGRAM;
  const balancesOf = (words: readonly bigint[]): BatchBalances["balances"] => valuesOf(words, requests);
  return overrideCall({ ...program, balancesOf }, requests.map(isPlain ? tokenEntry : viewEntry), at, key);
}

function requestOf({ asset, holder }: Account): ViewRequest {
  const request = asset.request(holder);
  if (request.type !== "view") throw new TypeError("Only views are read by this program");
  return request;
}

function tokenEntry({ functionSelector, contract, argument }: ViewRequest): string {
  return functionSelector + contract.slice(2) + argument;
}

function viewEntry(request: ViewRequest): string {
  const { contract, answer: { word } = ONE_WORD } = request;
  const data = callDataOf(request);
  return contract.slice(2) + uint16(WORD_BYTES * (word + 1)) + uint16(data.length / 2) + data;
}

function uint16(value: number): string {
  return value.toString(16).padStart(4, "0");
}

function valuesOf(words: readonly bigint[], requests: readonly ViewRequest[]): BatchBalances["balances"] {
  return Array.from({ length: words.length / 2 }, (_, index) => {
    const [bytes = 0n, word = 0n] = [words[2 * index], words[2 * index + 1]];
    return isDeclaredAnswer(requests[index]?.answer ?? ONE_WORD, Number(bytes))
      ? word
      : new RpcError("reverted", "the token's contract reverted");
  });
}
