import type { BlockTag } from "../../plan.ts";
import type { Call } from "../../rpc/call.ts";
import { RpcError } from "../../rpc/rpc_error.ts";
import { type Block, blockParameter } from "./calls.ts";
import { decodeWords } from "./decode_words.ts";
import { headOf, type ManyBalances } from "./many_balances.ts";
import { isSealed, randomKey } from "./seal.ts";
import { GAS_A_VIEW, type View, viewOf } from "./view_call.ts";

/**
 * The sibling of the loop in `packed_call.ts`: it reads entries of 44 bytes, a
 * function, a contract and its argument, and answers two words each:
 *
 *     chain id, block number, block time, bytes told, word told, bytes told, word told, …, seal
 *
 * A contract that fails has told 0 bytes. Each is given so much gas and no
 * more, and before there is too little left for the next the answer ends: it
 * may have fewer entries than were asked for. Opcodes of Istanbul only.
 */
const LOOP = [
  "60003580", // PUSH1 0, CALLDATALOAD, DUP1               key seal
  "8102468060005201", // seal · key + CHAINID → word 0     key seal
  "8102438060205201", // seal · key + NUMBER → word 1      key seal
  "8102428060405201", // seal · key + TIMESTAMP → word 2   key seal
  "60606020", // PUSH1 96, PUSH1 32                        key seal out in
  "5b", // JUMPDEST
  "6004818337", // CALLDATACOPY(out, in, 4)                the function
  "6014816018018360100137", // CALLDATACOPY(out + 16, in + 24, 20), its argument
  "602060208301602484846004013560601c", // 32, out + 32, 36, out, CALLDATALOAD(in + 4) >> 96
  "62030d40fa", // STATICCALL(200,000 gas, …)              key seal out in success
  "3d02", // success · RETURNDATASIZE                      key seal out in bytes
  "808352", // MSTORE(out, bytes)
  "848402019250", // seal · key + bytes → seal             key seal out in
  "8160200151", // MLOAD(out + 32)                         key seal out in told
  "848402019250", // seal · key + told → seal              key seal out in
  "602c01", // in + 44
  "9060400190", // out + 64
  "368110", // in < CALLDATASIZE                           key seal out in more
  "6203d0905a11", // GAS > 250,000
  "16602057", // JUMPI to JUMPDEST while both
  "50818152", // POP, MSTORE(out, seal)                    key seal out
  "6020016000f3", // RETURN(0, out + 32)
].join("");

/** Where the code is put: no account has this address, which spells its name. */
const LOOP_ADDRESS = `0x${new TextEncoder().encode("wallet-balance-token").toHex()}`;

/** Words before the first entry: chain id, block number, block time. */
const HEAD_WORDS = 3;
const WORD_BYTES = 32n;

/** Gas of a call: more is refused by nodes that bound transactions (EIP-7825). Most tokens take a tenth of theirs. */
const MOST_GAS = 16_777_216;
const GAS_A_CALL = 300_000;

/** The most that one call asks for: a third of the result that erigon and bor return, and gas for most tokens. */
export const MOST_PACKED_TOKENS = 500;

/**
 * Asks many contracts in one `eth_call`.
 *
 * @param accounts of tokens
 * @param at the block they are read at
 * @param key random and odd, below 2^128: new for each call
 * @returns the call; its balances may be fewer than the accounts, in their order
 */
export function packedTokensCall(
  accounts: readonly string[],
  at: BlockTag | Block,
  key: bigint = randomKey(),
): Call<ManyBalances> {
  const entries = accounts.map((account) => entryOf(viewOf(account))).join("");
  const data = `0x${key.toString(16).padStart(64, "0")}${entries}`;
  const gas = Math.min(MOST_GAS, GAS_A_CALL + (GAS_A_VIEW + 10_000) * accounts.length).toString(16);
  const call = `{"to":"${LOOP_ADDRESS}","data":"${data}","gas":"0x${gas}"}`;
  return {
    method: "eth_call",
    params: `[${call},${blockParameter(at)},{"${LOOP_ADDRESS}":{"code":"0x${LOOP}"}}]`,
    answerBytes: 256 + 64 * (HEAD_WORDS + 2 * accounts.length + 1),
    decode: (result) => decode(result, accounts.length, key),
  };
}

function entryOf(view: View | undefined): string {
  if (view === undefined) throw new TypeError("A coin is asked of no contract");
  return view.selector + view.token.slice(2) + view.argument;
}

function decode(result: unknown, count: number, key: bigint): ManyBalances {
  const words = decodeWords(result);
  const entries = (words.length - HEAD_WORDS - 1) / 2;
  if (!Number.isInteger(entries) || entries < 1 || entries > count) {
    throw new RpcError("bad_value", `expected up to ${count} entries, got ${words.length} words`);
  }
  const seal = words.pop();
  if (!isSealed(words, seal, key)) throw new RpcError("integrity", "the answer does not fit its seal");
  const [chainId = 0n, number = 0n, time = 0n] = words;
  const balances = Array.from({ length: entries }, (_, index) => {
    const place = HEAD_WORDS + 2 * index;
    return words[place] === WORD_BYTES
      ? words[place + 1] ?? 0n
      : new RpcError("reverted", "the token's contract fails");
  });
  return { ...headOf(chainId, number, time), balances };
}
