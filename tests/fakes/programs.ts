import type { Account, Asset } from "../../src/assets/asset.ts";
import { CODE_PROGRAM, codeHash } from "../../src/assets/code_program.ts";
import { NONCE_PROGRAM } from "../../src/assets/nonce_program.ts";
import { pollOnce } from "../../src/evm/pool/poll_once.ts";
import type { Outcome } from "../../src/model/source.ts";
import type { OpenPool } from "./open_pool.ts";

/** How many transactions an account sent, by the program where that works. */
const NONCE: Asset = {
  kind: "nonce",
  requestType: "method",
  request: (holder) => ({
    type: "method",
    method: "eth_getTransactionCount",
    params: [holder],
    program: NONCE_PROGRAM,
  }),
  judge: (nonce, previous = 0n) => nonce < previous ? "lagging" : nonce,
};

/** The nonce of an address. */
export function nonceAccount(holder: string): Account {
  return { asset: NONCE, holder, key: `nonce ${holder}` };
}

/** What code an account has: 0 without code, else the hash of it, whose lowest two bits say what kind it is. */
const CODE: Asset = {
  kind: "code",
  requestType: "method",
  request: (holder) => ({
    type: "method",
    method: "eth_getCode",
    params: [holder],
    decode: (result) => valueOfCode(String(result).slice(2)),
    program: CODE_PROGRAM,
  }),
  judge: (code) => code,
};

/** The code of an address. */
export function codeAccount(holder: string): Account {
  return { asset: CODE, holder, key: `code ${holder}` };
}

/** The value of code in hex digits. */
export function valueOfCode(code: string): bigint {
  return code === "" ? 0n : codeHash(code) & ~3n | (code.startsWith("ef0100") ? 2n : 1n);
}

/** What a poll read and sent. */
export interface Polled {
  /** In the order of the accounts. */
  readonly outcomes: readonly Outcome[];
  readonly amounts: readonly (bigint | string)[];
  readonly requests: number;
  /** How often each method was called. */
  readonly calls: Readonly<Record<string, number>>;
}

/** Polls accounts once. */
export async function pollAccounts(pool: OpenPool, accounts: readonly Account[]): Promise<Polled> {
  const before = pool.records.length;
  const { outcomes: read } = await pollOnce(pool.network, pool.limits, accounts);
  const records = pool.records.slice(before);
  const calls: Record<string, number> = {};
  for (const record of records) {
    for (const [method, count] of record.calls) calls[method] = (calls[method] ?? 0) + count;
  }
  const outcomes = accounts.map((account) => read.get(account) ?? "missing");
  return {
    outcomes,
    amounts: outcomes.map((outcome) => typeof outcome === "string" ? outcome : outcome.amount),
    requests: records.length,
    calls,
  };
}
