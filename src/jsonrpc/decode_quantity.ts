import { RpcError } from "./errors.ts";

/**
 * Decodes a quantity of the Ethereum execution API; as in the original exporter, `0X` and leading zeros are accepted.
 *
 * @param value a string of `0x` and 1 to 64 hex digits
 * @returns 0 ≤ x < 2^256
 * @throws {RpcError} reason `bad_value`: any other type, sign, length or digit; the text is not quoted
 */
export function decodeQuantity(value: unknown): bigint {
  // The length goes first: a hostile response may have a hundred thousand digits.
  if (typeof value !== "string" || value.length > 66 || !/^0[xX][0-9a-fA-F]+$/.test(value)) {
    throw new RpcError("bad_value", `expected a hex quantity, got ${describe(value)}`);
  }
  return BigInt(value);
}

/**
 * Decodes a block number, a time or a chain id: some nodes return these as JSON integers. Not for balances, since JSON
 * numbers are rounded to doubles.
 *
 * @param value a quantity, or an integer from 0 to 2^64 (a time in nanoseconds may be rounded)
 * @throws {RpcError} reason `bad_value`
 */
export function decodeInteger(value: unknown): bigint {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 2 ** 64
    ? BigInt(value)
    : decodeQuantity(value);
}

/**
 * Decodes an integer that has to fit a double exactly, such as a chain id or a time.
 *
 * @param value as for {@linkcode decodeInteger}
 * @returns 0 ≤ x ≤ 2^53 − 1
 * @throws {RpcError} reason `bad_value`
 */
export function decodeSafeInteger(value: unknown): number {
  const quantity = Number(decodeInteger(value));
  if (!Number.isSafeInteger(quantity)) {
    throw new RpcError("bad_value", "expected a quantity below 2^53");
  }
  return quantity;
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "string") {
    return value === "" ? "an empty string" : `a string of ${value.length} characters`;
  }
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
