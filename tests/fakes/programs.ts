import assert from "node:assert/strict";
import type { Account } from "../../src/assets/asset.ts";
import { CODE_KINDS, codeAccount as accountOfCode, codeValue } from "../../src/assets/code.ts";
import { codeHash } from "../../src/assets/code_program.ts";
import { TRANSACTIONS } from "../../src/assets/transactions.ts";
import { pollOnce } from "../../src/evm/pool/poll_once.ts";
import type { Outcome } from "../../src/model/source.ts";
import type { OpenPool } from "./open_pool.ts";

/** The nonce of an address. */
export function nonceAccount(holder: string): Account {
  return TRANSACTIONS.account(holder, { transactions: true }) ?? assert.fail();
}

/** The code of an address. */
export function codeAccount(holder: string): Account {
  return accountOfCode(holder, { pace: 300_000 });
}

/** The value of code in hex digits. */
export function valueOfCode(code: string): bigint {
  const kind = CODE_KINDS[code === "" ? 0 : code.startsWith("ef0100") ? 2 : 1] ?? "none";
  return codeValue(kind, codeHash(code));
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
