import { RpcError } from "../../jsonrpc/errors.ts";

/**
 * Units of block times besides seconds: milliseconds (polygon-edge), microseconds, and nanoseconds (GoQuorum with
 * Raft). Each bound is more than a thousand years ahead in seconds, and in 1973 in its own unit.
 */
const UNITS: readonly (readonly [above: bigint, perSecond: bigint])[] = [
  [10n ** 17n, 10n ** 9n],
  [10n ** 14n, 10n ** 6n],
  [10n ** 11n, 10n ** 3n],
];

/**
 * Converts the time of a block to seconds, whatever unit the chain uses.
 *
 * @returns whole seconds since the Unix epoch
 * @throws {RpcError} reason `bad_value`: a time in no known unit
 */
export function toSeconds(time: bigint): number {
  const perSecond = UNITS.find(([above]) => time > above)?.[1] ?? 1n;
  const seconds = Number(time / perSecond);
  if (!Number.isSafeInteger(seconds)) {
    throw new RpcError("bad_value", "expected a block's time, got a number that is too large");
  }
  return seconds;
}
