import sha3 from "js-sha3";
import type { HolderWord, ValueProgram } from "./asset.ts";
import { PROGRAM_START, programEnd } from "./program_code.ts";

/**
 * Reads entries of 20 bytes, the addresses, calls each, and returns the word that it returned, or 0 if that failed. The
 * answer ends before too little gas is left for the next. Opcodes of Istanbul only; 35,300 gas per address.
 */
const CODE = [
  ...PROGRAM_START,
  "602082600060006000", // 32, out, 0, 0, 0
  "853560601c61ea60f1", // CALL(60,000 gas, CALLDATALOAD(in) >> 96, …)  key tag out in success
  "825102", // success · MLOAD(out)                       key tag out in word
  "808352", // MSTORE(out, word)
  "848402019250", // tag · key + word → tag              key tag out in
  "601401", // in + 20
  "9060200190", // out + 32
  ...programEnd(80_000),
].join("");

/** RETURN(CREATE(0, 0, 0)): the address of a contract that an account creates depends on the account and its nonce. */
const HOLDER_CODE = "600060006000f060005260206000f3";

/**
 * Contracts, whose nonces begin with 1 (EIP-161): the proxy that deploys others on most chains, also on development ones,
 * and that of the beacon roots (EIP-4788). On anvil and Hardhat they have none: there it is their first account.
 */
const REFERENCES = [
  "0x4e59b44847b379578588920ca78fbf26c0b4956c",
  "0x000f3df6d732807ef1319fb7b8bb8522d0beac02",
  "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",
];

/** How many transactions are looked for after the last known one: of every wallet, and of the busy ones in turn. */
const USUAL_STEPS = 32;
const MAX_STEPS = 4096;
/** Hashes beyond the usual ones, for all holders that are explained at once: a tenth of a second. */
const MAX_HASHES = 20_000;
/** The nonce that no account can reach: https://eips.ethereum.org/EIPS/eip-2681 */
const NONCE_END = 2n ** 64n - 1n;

/**
 * Reads how many transactions accounts sent. The EVM has no opcode for a nonce, but `CREATE` returns
 * `keccak256(rlp([account, nonce]))`: the nonce is found by hashing on from the last known one, and an answer that was
 * changed fits none.
 */
export const NONCE_PROGRAM: ValueProgram = {
  name: "wallet-balance-nonce",
  code: CODE,
  holderCode: HOLDER_CODE,
  gas: 150_000,
  gasPerHolder: 36_000,
  references: REFERENCES,
  needsPrevious: true,
  valuesOf(answers) {
    let left = MAX_HASHES;
    return answers.map((answer) => {
      const steps = Math.max(USUAL_STEPS, Math.min(MAX_STEPS, left));
      const nonce = findNonce(answer, steps);
      const { previous = 0n } = answer;
      left -= Math.max(0, (nonce === undefined ? steps : Number(nonce - previous) + 1) - USUAL_STEPS);
      return nonce;
    });
  },
  proves: (nonce) => nonce > 0n,
};

const ADDRESS_BYTES = 20;
/** The bytes before the nonce: the length of the list, that of the address, and the address. */
const NONCE_AT = 2 + ADDRESS_BYTES;

/**
 * Finds the nonce that a holder creates a contract at this address with.
 *
 * @param steps how many nonces are tried, from the previous one
 * @returns undefined if none of them is it
 */
function findNonce({ word, holder, previous }: HolderWord, steps: number): bigint | undefined {
  const created = word.toString(16).padStart(2 * ADDRESS_BYTES, "0");
  if (word === 0n || created.length > 2 * ADDRESS_BYTES) return undefined;
  if (previous === undefined) return undefined;
  const list = new Uint8Array(NONCE_AT + 9);
  list[1] = 0x80 + ADDRESS_BYTES;
  list.subarray(2).setFromHex(holder.slice(2));
  const end = previous + BigInt(steps);
  for (let nonce = previous; nonce < end && nonce < NONCE_END; nonce++) {
    if (sha3.keccak_256(list.subarray(0, writeNonce(list, nonce))).endsWith(created)) return nonce;
  }
  return undefined;
}

/**
 * Writes a nonce to the list of an account and its nonce, in RLP.
 *
 * @returns the length of the list in bytes
 */
function writeNonce(list: Uint8Array, nonce: bigint): number {
  const digits = nonce === 0n ? "" : nonce.toString(16);
  const bytes = Math.ceil(digits.length / 2);
  const isShort = nonce > 0n && nonce < 0x80n;
  const at = isShort ? NONCE_AT : NONCE_AT + 1;
  if (!isShort) list[NONCE_AT] = 0x80 + bytes;
  list.subarray(at).setFromHex(digits.padStart(2 * bytes, "0"));
  list[0] = 0xc0 + at + bytes - 1;
  return at + bytes;
}
