import { RpcError } from "../../jsonrpc/errors.ts";
import { isAnyRead, type ReadResult } from "./read_chunks.ts";
import { shrink, type SizeLimit } from "./size_limit.ts";

/**
 * Whether a call may have been refused for its gas in words that nobody knows: Moonbeam's "execution fatal:
 * Module(…)".
 *
 * @param failure how it was refused
 */
export function isUnknownRefusal({ traits: { unspecific = false }, refusal }: RpcError): boolean {
  return refusal === undefined && unspecific;
}

/**
 * Tries a large call once more with less, before its strategy is left.
 *
 * @param limit how much a call asks for; as before where that does not help
 * @param half how much it asks for now
 * @param now milliseconds on the clock
 * @param read reads all in calls of the learned size
 * @returns what was read; nothing where that was in vain
 */
export async function tryHalf(
  limit: SizeLimit,
  half: number,
  now: number,
  read: () => Promise<ReadResult>,
): Promise<ReadResult | undefined> {
  const before = { ...limit };
  if (!shrink(limit, 2 * half, "size", now)) return undefined;
  const result = await read();
  if (isAnyRead(result) || result.unconfirmed) return result;
  Object.assign(limit, before);
  return undefined;
}
