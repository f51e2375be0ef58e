import { RpcError } from "../rpc/rpc_error.ts";

/**
 * Decodes the result of an `eth_call` as words of 32 bytes.
 *
 * @param result what the node answered: must be a string `0x` + 64 hex digits a word
 * @param count how many words there must be
 * @throws {RpcError} reason `bad_value`: any other type, length or digit; the text is not quoted
 */
export function decodeWords(result: unknown, count: number): bigint[] {
  if (typeof result !== "string") throw new RpcError("bad_value", `expected ${count} words, got no text`);
  if (result.length !== 2 + 64 * count) {
    throw new RpcError("bad_value", `expected ${count} words, got ${result.length} characters`);
  }
  if (!/^0x[0-9a-fA-F]*$/.test(result)) throw new RpcError("bad_value", "expected words, got other characters");
  const words: bigint[] = new Array(count);
  for (let index = 0; index < count; index++) words[index] = wordAt(result, 2 + 64 * index);
  return words;
}

/** Balances seldom need more than a quarter of their word; short texts are cheaper to convert. */
function wordAt(text: string, start: number): bigint {
  let from = start;
  while (from < start + 48 && text.charCodeAt(from) === ZERO) from++;
  return BigInt(`0x${text.slice(from, start + 64)}`);
}

const ZERO = "0".charCodeAt(0);
