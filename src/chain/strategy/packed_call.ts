import type { BlockTag } from "../../plan.ts";
import type { Call } from "../../rpc/call.ts";
import { RpcError } from "../../rpc/rpc_error.ts";
import { type Block, blockParameter } from "./calls.ts";
import { decodeWords } from "./decode_words.ts";
import { headOf, type ManyBalances } from "./many_balances.ts";
import { isSealed, randomKey } from "./seal.ts";

/**
 * The code that the state override puts at an unused address. It reads 20-byte
 * addresses from the call data and answers one word each:
 *
 *     chain id, block number, block time, balance, balance, …, seal
 *
 * The call data begins with a random odd key. The seal is that and all words,
 * put together as `((key · key + w0) · key + w1) …` modulo 2^256: an answer that was
 * cached, cut, shifted, put in another order, or changed anywhere does not fit its seal, and nor do zeros.
 * Opcodes of Istanbul only; 3,003 gas a balance.
 */
const LOOP = [
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

/** Where the code is put: no account has this address, which spells its name. */
const LOOP_ADDRESS = `0x${new TextEncoder().encode("wallet-balance-loop!").toHex()}`;

/** Words before the first balance: chain id, block number, block time. */
const HEAD_WORDS = 3;

/** Gas of a call: more is refused by nodes that bound transactions (EIP-7825), and each balance takes 3,003. */
const MOST_GAS = 16_777_216;
const GAS_A_BALANCE = 5_500;
const GAS_A_CALL = 200_000;

/** The most balances one call asks for: their result stays below the 100,000 bytes that erigon and bor return. */
export const MOST_PACKED = 3000;

/**
 * Asks for many balances in one `eth_call`.
 *
 * @param addresses the accounts, with `0x`
 * @param at the block they are read at
 * @param key random and odd, below 2^128: new for each call
 */
export function packedCall(
  addresses: readonly string[],
  at: BlockTag | Block,
  key: bigint = randomKey(),
): Call<ManyBalances> {
  const data = `0x${key.toString(16).padStart(64, "0")}${addresses.map((address) => address.slice(2)).join("")}`;
  const gas = Math.min(MOST_GAS, GAS_A_CALL + GAS_A_BALANCE * addresses.length).toString(16);
  const call = `{"to":"${LOOP_ADDRESS}","data":"${data}","gas":"0x${gas}"}`;
  return {
    method: "eth_call",
    params: `[${call},${blockParameter(at)},{"${LOOP_ADDRESS}":{"code":"0x${LOOP}"}}]`,
    answerBytes: 256 + 64 * (HEAD_WORDS + addresses.length + 1),
    decode: (result) => decode(result, addresses.length, key),
  };
}

function decode(result: unknown, count: number, key: bigint): ManyBalances {
  const words = decodeWords(result, HEAD_WORDS + count + 1);
  const seal = words.pop();
  if (!isSealed(words, seal, key)) throw new RpcError("integrity", "the answer does not fit its seal");
  const [chainId = 0n, number = 0n, time = 0n] = words;
  return { ...headOf(chainId, number, time), balances: words.slice(HEAD_WORDS) };
}
