import { tokenOf } from "../../plan/plan.ts";
import type { Call } from "../../jsonrpc/call.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import { balanceAt, blockParameter } from "./calls.ts";
import { decodeWords } from "./decode_words.ts";

/** What is asked of a token's contract. */
export interface View {
  /** The contract, with `0x`. */
  readonly token: string;
  /** The function, as 8 hex digits. */
  readonly selector: string;
  /** Its argument, an address as 40 hex digits; a function without any ignores it. */
  readonly argument: string;
}

/** `balanceOf(address)` and `decimals()`: https://eips.ethereum.org/EIPS/eip-20 */
const BALANCE_OF = "70a08231";
const DECIMALS = "313ce567";

/** Stands in place of a holder where the decimals of a token are asked for, in the same way as a balance. */
const OF_DECIMALS = "decimals";

/** No honest token takes more gas to tell a balance; one that takes all there is does not take it from others. */
export const GAS_A_VIEW = 200_000;

/** With what a call takes by itself. */
const GAS = `0x${(GAS_A_VIEW + 100_000).toString(16)}`;

/** What nodes say when it is the contract that fails, and not they. */
const CONTRACT =
  /revert|out ?of ?gas|opcode|jump|stack ?(under|over)flow|write protection|evm error|contract .{0,20}fail/i;

/** What they say of themselves in such words. */
const NODE = /database|storage|\bcap\b|allowance|trie|internal|unavailable|timeout|timed out/i;

/**
 * Writes the account that stands for the decimals of a token.
 *
 * @param token its contract, with `0x`
 */
export function decimalsAccount(token: string): string {
  return `${token}/${OF_DECIMALS}`;
}

/**
 * Tells what is asked of a contract for an account.
 *
 * @param account a token's, see `plan.ts`, or its decimals'
 * @returns none of a coin's, which no contract is asked for
 */
export function viewOf(account: string): View | undefined {
  const { token, holder } = tokenOf(account) ?? {};
  if (token === undefined || holder === undefined) return undefined;
  if (holder === OF_DECIMALS) return { token, selector: DECIMALS, argument: "0".repeat(40) };
  return { token, selector: BALANCE_OF, argument: holder.slice(2) };
}

/**
 * Counts the coins' accounts: they stand before those of tokens.
 *
 * @param accounts of a network, or some of them in their order
 */
export function coinsIn(accounts: readonly string[]): number {
  const isCoin = (account: string | undefined): boolean => account !== undefined && !account.includes("/");
  if (isCoin(accounts.at(-1))) return accounts.length;
  const first = accounts.findIndex((account) => !isCoin(account));
  return first === -1 ? accounts.length : first;
}

/**
 * Makes the call that asks for one account alone.
 *
 * @param account a coin's or a token's
 * @param block the number of the block it is read at, or the latest one
 * @param sender of a token's call, see {@linkcode randomSender}; none leaves it to the node
 * @param isUnbounded whether a token's contract may take as much gas as the node gives
 */
export function callFor(
  account: string,
  block: bigint | "latest",
  sender: string | undefined,
  isUnbounded = false,
): Call<bigint> {
  const view = viewOf(account);
  if (view === undefined) return balanceAt(account, block);
  const { token, selector, argument } = view;
  const gas = isUnbounded ? "" : `,"gas":"${GAS}"`;
  const from = sender === undefined ? "" : `"from":"${sender}",`;
  return {
    method: "eth_call",
    params: `[{${from}"to":"${token}","data":"0x${selector}${argument.padStart(64, "0")}"${gas}},${
      blockParameter(block === "latest" ? block : { number: block })
    }]`,
    answerBytes: 1024,
    classify: classifyTokenError,
    decode(result): bigint {
      if (isOtherBytes(result)) {
        throw new RpcError("reverted", "the token's contract answers no number, or there is none");
      }
      const [word = 0n] = decodeWords(result, 1);
      return word;
    },
  };
}

/** What a contract answered that is no word. */
function isOtherBytes(result: unknown): boolean {
  return typeof result === "string" && result.length !== 66 && /^0x([0-9a-f]{2})*$/i.test(result);
}

/** Tells a contract's own failure from the node's: it says nothing of the endpoint, and no other endpoint helps. */
function classifyTokenError(error: RpcError): RpcError {
  // What is more than was to be expected is the contract's doing as well.
  const isTooLong = error.reason === "too_large" && error.refusal === undefined;
  if (!isTooLong && (!CONTRACT.test(error.message) || NODE.test(error.message))) return error;
  return new RpcError("reverted", "the token's contract fails");
}
