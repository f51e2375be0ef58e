import sha3 from "js-sha3";
import { RpcError } from "../jsonrpc/errors.ts";
import type { Account, Asset } from "./asset.ts";
import { CODE_PROGRAM } from "./code_program.ts";

/** What kind of code an address has; `delegated` is that of EIP-7702. */
export const CODE_KINDS = ["none", "contract", "delegated"] as const;

/** One of {@linkcode CODE_KINDS}. */
export type CodeKind = (typeof CODE_KINDS)[number];

/** The lowest bits of a code's value are its kind, the others are those of its hash. */
const KIND_BITS = 3n;

const HEX = /^0x([0-9a-f]{2})*$/i;
/** A delegation indicator: https://eips.ethereum.org/EIPS/eip-7702 */
const DELEGATED = /^0xef0100[0-9a-f]{40}$/i;

/** The code of an address: a value that is 0 without code, and differs between any two codes. */
export const CODE: Asset = {
  kind: "code",
  requestType: "method",
  request: (address) => ({
    type: "method",
    method: "eth_getCode",
    params: [address],
    decode: decodeCode,
    program: CODE_PROGRAM,
  }),
  // The program compares with the last one.
  judge: (value) => value,
};

/** The code of an address. */
export function codeAccount(holder: string, pace: Pick<Account, "pace" | "sharesPace">): Account {
  return { asset: CODE, holder, key: `code ${holder}`, ...pace };
}

/** The kind of code that a value stands for; undefined for a value that no code has. */
export function codeKindOf(value: bigint): CodeKind | undefined {
  if (value === 0n) return "none";
  const kind = CODE_KINDS[Number(value & KIND_BITS)];
  return kind === "none" ? undefined : kind;
}

/** Makes the value of a code from its hash. */
export function codeValue(kind: CodeKind, hash: bigint): bigint {
  return kind === "none" ? 0n : hash & ~KIND_BITS | BigInt(CODE_KINDS.indexOf(kind));
}

/** The value of a delegation to a contract. */
export function delegationTo(address: string): bigint {
  return decodeCode(`0xef0100${address.slice(2)}`);
}

function decodeCode(result: unknown): bigint {
  if (typeof result !== "string" || !HEX.test(result)) throw new RpcError("bad_value", "expected code");
  if (result === "0x") return 0n;
  const bytes = Uint8Array.fromHex(result.slice(2));
  const hash = BigInt(`0x${sha3.keccak256(bytes)}`);
  return codeValue(DELEGATED.test(result) ? "delegated" : "contract", hash);
}
