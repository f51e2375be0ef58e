import { RpcError } from "../../jsonrpc/errors.ts";

const WORD_DIGITS = 64;

const ZERO = "0".charCodeAt(0);
const LAST_DIGIT = "f".charCodeAt(0);

/**
 * Decodes the result of an `eth_call` as words of 32 bytes.
 *
 * @param result `0x` and 64 hex digits per word
 * @param count the expected number of words. @default any number
 * @throws {RpcError} reason `bad_value`: any other type, length or digit; the message does not quote it
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

/** @throws {SyntaxError} a character that is not a hex digit */
function wordAt(text: string, start: number): bigint {
  const last = start + WORD_DIGITS - 1;
  // Short texts are cheaper to convert.
  let from = start;
  while (from < last && text.charCodeAt(from) === ZERO) from++;
  // `BigInt` accepts white space at the end.
  const digit = text.charCodeAt(last);
  if (digit < ZERO || digit > LAST_DIGIT) throw new SyntaxError();
  return BigInt(`0x${text.slice(from, last + 1)}`);
}
