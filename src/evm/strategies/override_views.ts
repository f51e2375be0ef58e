import type { Account } from "../../assets/asset.ts";
import type { BlockTag } from "../../plan/plan.ts";
import type { Call } from "../../jsonrpc/call.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import type { Block } from "../../model/block.ts";
import type { BatchBalances } from "./batch_balances.ts";
import { overrideCall, type OverrideProgram } from "./override_call.ts";
import { GAS_PER_VIEW } from "./account_call.ts";

/**
 * Reads entries of 44 bytes (function selector, contract, argument), and returns two words per entry: the length of the
 * contract's return data, and its first word. A call that fails has length 0. Each has a gas limit, and the response ends
 * before too little gas is left for the next. Opcodes of Istanbul only.
 */
const CODE = [
  "60003580", // PUSH1 0, CALLDATALOAD, DUP1               key tag
  "8102468060005201", // tag · key + CHAINID → word 0     key tag
  "8102438060205201", // tag · key + NUMBER → word 1      key tag
  "8102428060405201", // tag · key + TIMESTAMP → word 2   key tag
  "60606020", // PUSH1 96, PUSH1 32                        key tag out in
  "5b", // JUMPDEST
  "6004818337", // CALLDATACOPY(out, in, 4)                the function
  "6014816018018360100137", // CALLDATACOPY(out + 16, in + 24, 20), its argument
  "602060208301602484846004013560601c", // 32, out + 32, 36, out, CALLDATALOAD(in + 4) >> 96
  "62030d40fa", // STATICCALL(200,000 gas, …)              key tag out in success
  "3d02", // success · RETURNDATASIZE                      key tag out in bytes
  "808352", // MSTORE(out, bytes)
  "848402019250", // tag · key + bytes → tag             key tag out in
  "8160200151", // MLOAD(out + 32)                         key tag out in word
  "848402019250", // tag · key + word → tag              key tag out in
  "602c01", // in + 44
  "9060400190", // out + 64
  "368110", // in < CALLDATASIZE                           key tag out in more
  "6203d0905a11", // GAS > 250,000
  "16602057", // JUMPI to JUMPDEST while both
  "50818152", // POP, MSTORE(out, tag)                    key tag out
  "6020016000f3", // RETURN(0, out + 32)
].join("");

const PROGRAM: OverrideProgram = {
  code: CODE,
  name: "wallet-balance-token",
  gas: 300_000,
  // Most tokens take a tenth of their limit.
  gasPerEntry: GAS_PER_VIEW + 10_000,
  wordsPerEntry: 2,
  mayEndEarly: true,
  balancesOf,
};

const WORD_BYTES = 32n;

/** Maximum views per call: a third of the result that erigon and bor return, and gas for most tokens. */
export const MAX_OVERRIDE_VIEWS = 500;

/**
 * Calls many contracts in one `eth_call` with a state override.
 *
 * @param key random and odd, below 2^128: new for each call
 * @returns the call; it may return values of the first accounts only
 */
export function overrideViewsCall(
  accounts: readonly Account[],
  at: BlockTag | Block,
  key?: bigint,
): Call<BatchBalances> {
  return overrideCall(PROGRAM, accounts.map(entryOf), at, key);
}

function entryOf({ asset, holder }: Account): string {
  const request = asset.request(holder);
  if (request.type !== "view") throw new TypeError("Only views are read by this program");
  return request.functionSelector + request.contract.slice(2) + request.argument;
}

function balancesOf(words: readonly bigint[]): BatchBalances["balances"] {
  return Array.from(
    { length: words.length / 2 },
    (_, index) =>
      words[2 * index] === WORD_BYTES
        ? words[2 * index + 1] ?? 0n
        : new RpcError("reverted", "the token's contract reverted"),
  );
}
