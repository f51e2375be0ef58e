import type { BlockTag } from "../../plan/plan.ts";
import type { Call } from "../../jsonrpc/call.ts";
import type { Block } from "./calls.ts";
import type { ManyBalances } from "./many_balances.ts";
import { type Loop, sealedCall } from "./sealed_call.ts";

/**
 * Reads entries of 20 bytes, the addresses, and answers one word each, the balance.
 * Opcodes of Istanbul only; 3,003 gas a balance.
 */
const CODE = [
  "60003580", // PUSH1 0, CALLDATALOAD, DUP1               key seal
  "8102468060005201", // seal · key + CHAINID → word 0     key seal
  "8102438060205201", // seal · key + NUMBER → word 1      key seal
  "8102428060405201", // seal · key + TIMESTAMP → word 2   key seal
  "60606020", // PUSH1 96, PUSH1 32                        key seal out in
  "5b", // JUMPDEST
  "803560601c31", // BALANCE(CALLDATALOAD(in) >> 96)       key seal out in balance
  "808352", // MSTORE(out, balance)
  "848402019250", // seal · key + balance → seal           key seal out in
  "601401", // in + 20
  "9060200190", // out + 32
  "368110602057", // JUMPI to JUMPDEST while in < CALLDATASIZE
  "50818152", // POP, MSTORE(out, seal)                    key seal out
  "6020016000f3", // RETURN(0, out + 32)
].join("");

const LOOP: Loop = {
  code: CODE,
  name: "wallet-balance-loop!",
  gas: 200_000,
  gasAnEntry: 5_500,
  wordsAnEntry: 1,
  mayEndEarly: false,
  balancesOf: (words) => words,
};

/** The most balances one call asks for: their result stays below the 100,000 bytes that erigon and bor return. */
export const MOST_PACKED = 3000;

/**
 * Asks for many coins' balances in one `eth_call`.
 *
 * @param addresses the accounts, with `0x`
 * @param at the block they are read at
 * @param key random and odd, below 2^128: new for each call
 */
export function packedCall(addresses: readonly string[], at: BlockTag | Block, key?: bigint): Call<ManyBalances> {
  return sealedCall(LOOP, addresses.map((address) => address.slice(2)), at, key);
}
