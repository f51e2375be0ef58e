import sha3 from "js-sha3";
import type { ValueProgram } from "./asset.ts";
import { PROGRAM_START, programEnd } from "./program_code.ts";

/** `keccak256` of nothing: the hash of the code of an account that has none. Of an account that does not exist it is 0. */
export const EMPTY_CODE_HASH = 0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470n;

const DELEGATION = `ef0100${"c0de".repeat(10)}`;

/** A delegation by EIP-7702: a node may have another hash of it, or none, than of other code. */
export const CONTROL = { code: DELEGATION, word: codeHash(DELEGATION) };

/** The bits of a value that are not those of the hash: the kind of code. */
const KIND_BITS = 3n;

/**
 * Reads entries of 20 bytes, the addresses, and returns the hash of each one's code. The answer ends before too little
 * gas is left for the next. Opcodes of Istanbul only; 2,800 gas per address.
 */
const CODE = [
  ...PROGRAM_START,
  "803560601c3f", // EXTCODEHASH(CALLDATALOAD(in) >> 96)   key tag out in hash
  "808352", // MSTORE(out, hash)
  "848402019250", // tag · key + hash → tag              key tag out in
  "601401", // in + 20
  "9060200190", // out + 32
  ...programEnd(10_000),
].join("");

/**
 * Reads the hash of the code of accounts: it shows that there is none, as far as is known, or that the code is the known
 * one. What else it is, the method says.
 */
export const CODE_PROGRAM: ValueProgram = {
  name: "wallet-balance-codes",
  code: CODE,
  gas: 100_000,
  gasPerHolder: 3_400,
  control: CONTROL,
  needsPrevious: false,
  valuesOf: (answers) =>
    answers.map(({ word, previous }) => {
      const hash = word === EMPTY_CODE_HASH ? 0n : word & ~KIND_BITS;
      const known = previous ?? 0n;
      return hash === digestWord(known) ? known : undefined;
    }),
  proves: (code) => code !== 0n,
  digestWord,
};

/** The hash that a value was made of, without the bits of its kind; 0 without code. */
function digestWord(value: bigint): bigint {
  return value & ~KIND_BITS;
}

/** The hash of code in hex digits. */
export function codeHash(code: string): bigint {
  return BigInt(`0x${sha3.keccak_256(Uint8Array.fromHex(code))}`);
}
