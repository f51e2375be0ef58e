import { RpcError } from "../../jsonrpc/errors.ts";
import { isAnyRead, type ReadResult } from "./read_chunks.ts";
import { shrink, type SizeLimit } from "./size_limit.ts";

/**
 * Whether a call may have been refused for its gas with an unknown message, such as Moonbeam's "execution fatal:
 * Module(…)".
 */
export function isUnknownRefusal({ traits: { unspecific = false }, refusal }: RpcError): boolean {
  return refusal === undefined && unspecific;
}

/**
 * Retries a large call with half its size before falling back.
 *
 * @param now milliseconds on the clock
 * @returns what was read; undefined if that failed as well, with the limit restored
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
