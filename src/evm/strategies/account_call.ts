import {
  type Account,
  callDataOf,
  isDeclaredAnswer,
  type MethodRequest,
  ONE_WORD,
  OPEN_ANSWER_DIGITS,
  type ViewAnswer,
  type ViewRequest,
} from "../../assets/asset.ts";
import type { Call } from "../../jsonrpc/call.ts";
import { decodeQuantity } from "../../jsonrpc/decode_quantity.ts";
import type { Endpoint } from "../../jsonrpc/endpoint.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import { balanceAt, blockParameter } from "./calls.ts";
import { decodeWords } from "./decode_words.ts";
import { isUnbounded } from "./token_gas.ts";
import { senderFor } from "./sender.ts";

/** Gas limit of one view: a greedy contract cannot starve the others. `balanceOf` of real tokens takes less. */
export const GAS_PER_VIEW = 200_000;

/** With the intrinsic gas of a call. */
const GAS = `0x${(GAS_PER_VIEW + 100_000).toString(16)}`;

/** A small JSON value; the code of a contract has up to 48 KiB as text. */
const METHOD_BYTES = 128 * 1024;

/** Errors of the contract, from geth, erigon, Nethermind, Besu and others. */
const CONTRACT =
  /revert|out ?of ?gas|opcode|jump|stack ?(under|over)flow|write protection|evm error|contract .{0,20}fail/i;

/** Errors of the node that contain such words. */
const NODE = /database|storage|\bcap\b|allowance|trie|internal|unavailable|timeout|timed out/i;

/** Options of a call. */
export interface CallOptions {
  /** The `from` of a view, see `sender.ts`; the node chooses one if it is undefined. */
  readonly sender: string | undefined;
  /** Whether the call is sent without a gas limit. @default {false} */
  readonly isUnbounded?: boolean;
}

/** Makes the options of calls to an endpoint: all calls of a request have one sender. */
export function callOptions(endpoint: Endpoint): (account: Account) => CallOptions {
  const sender = senderFor(endpoint);
  return (account) => ({ sender, isUnbounded: isUnbounded(endpoint, account) });
}

/**
 * Makes the call that reads one account.
 *
 * @param at the number of the block it is read at, or the latest
 */
export function callFor({ asset, holder }: Account, at: bigint | "latest", options: CallOptions): Call<bigint> {
  const request = asset.request(holder);
  switch (request.type) {
    case "balance":
      return balanceAt(request.address, at);
    case "view":
      return viewAt(request, at, options);
    case "method":
      return methodAt(request, at);
  }
}

function viewAt(
  request: ViewRequest,
  at: bigint | "latest",
  { sender, isUnbounded = false }: CallOptions,
): Call<bigint> {
  const gas = isUnbounded ? "" : `,"gas":"${GAS}"`;
  const from = sender === undefined ? "" : `"from":"${sender}",`;
  const { contract, answer = ONE_WORD } = request;
  return {
    method: "eth_call",
    params: `[{${from}"to":"${contract}","data":"0x${callDataOf(request)}"${gas}},${blockText(at)}]`,
    answerBytes: answer.isOpen ? OPEN_ANSWER_DIGITS : 960 + 64 * answer.words,
    classify: classifyViewError,
    decode(result): bigint {
      if (isUndeclared(result, answer)) {
        throw new RpcError("reverted", "the token's contract returns something else, or does not exist");
      }
      const declared = answer.isOpen && typeof result === "string" ? result.slice(0, 2 + 64 * answer.words) : result;
      return decodeWords(declared, answer.words)[answer.word] ?? 0n;
    },
  };
}

function methodAt(request: MethodRequest, at: bigint | "latest"): Call<bigint> {
  const { method, params, decode = decodeQuantity, tag } = request;
  const texts = [...params.map((param) => JSON.stringify(param)), tag === undefined ? blockText(at) : `"${tag}"`];
  return { method, params: `[${texts.join()}]`, answerBytes: METHOD_BYTES, decode };
}

function blockText(at: bigint | "latest"): string {
  return blockParameter(at === "latest" ? at : { number: at });
}

/** Whether the result has another length than declared: it is the contract's answer, not a failure of the node. */
function isUndeclared(result: unknown, answer: ViewAnswer): boolean {
  return typeof result === "string" && !isDeclaredAnswer(answer, result.length / 2 - 1) &&
    /^0x([0-9a-f]{2})*$/i.test(result);
}

/** A revert is the contract's answer: no failure of the endpoint, and not retried elsewhere. */
function classifyViewError(error: RpcError): RpcError {
  // A response longer than expected is the contract's answer as well.
  const isTooLong = error.reason === "too_large" && error.refusal === undefined;
  if (!isTooLong && (!CONTRACT.test(error.message) || NODE.test(error.message))) return error;
  return new RpcError("reverted", "the token's contract reverted");
}
