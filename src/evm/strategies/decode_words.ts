import { RpcError } from "../../jsonrpc/errors.ts";

const WORD_DIGITS = 64;

/** Balances seldom need more than a quarter of their word, and short texts are cheaper to convert. */
const SELDOM_DIGITS = 48;

const ZERO = "0".charCodeAt(0);
const LAST_DIGIT = "f".charCodeAt(0);

/**
 * Decodes the result of an `eth_call` as words of 32 bytes.
 *
 * @param result what the node answered: must be a string `0x` + 64 hex digits a word
 * @param count how many words there must be; any number if it is not given
 * @throws {RpcError} reason `bad_value`: any other type, length or digit; the text is not quoted
 */
export function decodeWords(result: unknown, count?: number): bigint[] {
  if (typeof result !== "string") throw new RpcError("bad_value", "expected hex words, got no string");
  const found = (result.length - 2) / WORD_DIGITS;
  if (!Number.isInteger(found) || found !== (count ?? found) || !result.startsWith("0x")) {
    throw new RpcError("bad_value", `expected ${count ?? "whole"} words, got ${result.length} characters`);
  }
  const words: bigint[] = new Array(found);
  try {
    for (let index = 0; index < found; index++) words[index] = wordAt(result, 2 + WORD_DIGITS * index);
  } catch {
    throw new RpcError("bad_value", "expected hex words, got other characters");
  }
  return words;
}

/** @throws {SyntaxError} a character that is no hex digit */
function wordAt(text: string, start: number): bigint {
  let from = start;
  while (from < start + SELDOM_DIGITS && text.charCodeAt(from) === ZERO) from++;
  const end = start + WORD_DIGITS;
  // White space at the end is all that `BigInt` lets pass.
  const last = text.charCodeAt(end - 1);
  if (last < ZERO || last > LAST_DIGIT) throw new SyntaxError();
  return BigInt(`0x${text.slice(from, end)}`);
}
