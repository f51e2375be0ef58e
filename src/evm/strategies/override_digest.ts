import type { Account } from "../../assets/asset.ts";
import { codeHash, CONTROL, EMPTY_CODE_HASH } from "../../assets/code_program.ts";
import type { BlockTag } from "../../plan/plan.ts";
import type { Call } from "../../jsonrpc/call.ts";
import type { Block } from "../../model/block.ts";
import type { BatchBalances } from "./batch_balances.ts";
import { CONTROL_ADDRESS } from "./program_call.ts";
import { type OverrideCode, overrideWordsCall, randomKey } from "./override_call.ts";

/**
 * Reads a word, where the addresses end whose code is watched, and then entries of 20 bytes, the addresses. Returns one
 * word per address, the balance, and a digest of the codes of those that are watched: a polynomial of their hashes at the
 * key, from the hash of this code itself. The first address is one with a known code. Opcodes of Istanbul only; 3,250 gas
 * per balance.
 */
const CODE = [
  "60003580", // PUSH1 0, CALLDATALOAD, DUP1               key tag
  "303f600052", // MSTORE(0, EXTCODEHASH(ADDRESS))         the digest
  "8102468060205201", // tag · key + CHAINID → word 0     key tag
  "8102438060405201", // tag · key + NUMBER → word 1      key tag
  "8102428060605201", // tag · key + TIMESTAMP → word 2   key tag
  "60806040", // PUSH1 128, PUSH1 64                       key tag out in
  "5b", // JUMPDEST
  "803560601c803f", // EXTCODEHASH(CALLDATALOAD(in) >> 96)  key tag out in address hash
  `807f${EMPTY_CODE_HASH.toString(16)}141502`, // hash · (hash ≠ EMPTY_CODE_HASH)
  "60031916", // hash & ~3, without the bits that a value has for its kind
  "602035831002", // hash · (in < CALLDATALOAD(32))
  "600051860201600052", // digest · key + hash → digest     key tag out in address
  "31", // BALANCE(address)                                key tag out in balance
  "808352", // MSTORE(out, balance)
  "848402019250", // tag · key + balance → tag           key tag out in
  "601401", // in + 20
  "9060200190", // out + 32
  "368110602557", // JUMPI to JUMPDEST while in < CALLDATASIZE
  "50600051808252", // POP, MSTORE(out, digest)           key tag out digest
  "82840201", // tag · key + digest                       key tag out tag
  "8160200152", // MSTORE(out + 32, tag)                  key tag out
  "6020016020f3", // RETURN(32, out + 32)
].join("");

/** What the digest begins with. */
const OWN_HASH = codeHash(CODE);
const CONTROL_HASH = CONTROL.word & ~3n;

const PROGRAM: OverrideCode = {
  code: CODE,
  name: "wallet-balance-watch",
  gas: 200_000,
  gasPerEntry: 5_500,
  wordsPerEntry: 1,
  mayEndEarly: false,
};

/** Of the key and the word after it, and of an address. */
const HEAD_BYTES = 64;
const ADDRESS_BYTES = 20;

/** Balances, and the digest of the codes of some of their accounts. */
export interface DigestedBalances extends BatchBalances {
  /** Whether these are the hashes of the codes, without their lowest two bits; 0 without code. */
  readonly areCodes: (hashes: readonly bigint[]) => boolean;
}

/**
 * Requests many native balances, and a digest of the codes of the first accounts, in one `eth_call` with a state
 * override.
 *
 * @param watched how many accounts the digest is of
 * @param key random and odd, below 2^128: new for each call
 */
export function overrideDigestCall(
  accounts: readonly Account[],
  watched: number,
  at: BlockTag | Block,
  key: bigint = randomKey(),
): Call<DigestedBalances> {
  const end = (HEAD_BYTES + ADDRESS_BYTES * (1 + watched)).toString(16).padStart(64, "0");
  const entries = [end, ...[CONTROL_ADDRESS, ...accounts.map(({ holder }) => holder)].map((holder) => holder.slice(2))];
  const codes = [[CONTROL_ADDRESS, CONTROL.code]] as const;
  const { decode, ...call } = overrideWordsCall(PROGRAM, entries, at, { key, codes });
  return {
    ...call,
    decode(result): DigestedBalances {
      const { words, ...head } = decode(result);
      const areCodes = (hashes: readonly bigint[]): boolean =>
        words.at(-1) === digestOf(hashes, accounts.length - watched, key);
      return { ...head, balances: words.slice(1, -1), areCodes };
    },
  };
}

function digestOf(hashes: readonly bigint[], others: number, key: bigint): bigint {
  let digest = OWN_HASH;
  for (const hash of [CONTROL_HASH, ...hashes]) digest = BigInt.asUintN(256, digest * key + hash);
  for (let other = 0; other < others; other++) digest = BigInt.asUintN(256, digest * key);
  return digest;
}
