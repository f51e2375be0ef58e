import type { Account } from "../../assets/asset.ts";
import { PROGRAM_START } from "../../assets/program_code.ts";
import type { BlockTag } from "../../plan/plan.ts";
import type { Call } from "../../jsonrpc/call.ts";
import type { Block } from "../../model/block.ts";
import type { BatchBalances } from "./batch_balances.ts";
import { overrideCall, type OverrideProgram } from "./override_call.ts";

/**
 * Reads entries of 20 bytes, the addresses, and returns one word per entry, the balance. Opcodes of Istanbul only;
 * 3,003 gas per balance.
 */
const CODE = [
  ...PROGRAM_START,
  "803560601c31", // BALANCE(CALLDATALOAD(in) >> 96)       key tag out in balance
  "808352", // MSTORE(out, balance)
  "848402019250", // tag · key + balance → tag           key tag out in
  "601401", // in + 20
  "9060200190", // out + 32
  "368110602057", // JUMPI to JUMPDEST while in < CALLDATASIZE
  "50818152", // POP, MSTORE(out, tag)                    key tag out
  "6020016000f3", // RETURN(0, out + 32)
].join("");

const PROGRAM: OverrideProgram = {
  code: CODE,
  name: "wallet-balance-loop!",
  gas: 200_000,
  gasPerEntry: 5_500,
  wordsPerEntry: 1,
  mayEndEarly: false,
  balancesOf: (words) => words,
};

/** Maximum balances per call: the result stays below the 100,000 bytes that erigon and bor return. */
export const MAX_OVERRIDE_BALANCES = 3000;

/**
 * Requests many native balances in one `eth_call` with a state override.
 *
 * @param key random and odd, below 2^128: new for each call
 */
export function overrideBalancesCall(
  accounts: readonly Account[],
  at: BlockTag | Block,
  key?: bigint,
): Call<BatchBalances> {
  return overrideCall(PROGRAM, accounts.map(entryOf), at, key);
}

function entryOf({ asset, holder }: Account): string {
  const request = asset.request(holder);
  if (request.type !== "balance") throw new TypeError("Only native balances are read by this program");
  return request.address.slice(2);
}
