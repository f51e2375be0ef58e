import assert from "node:assert/strict";
import { findEmptied, noteFunded } from "../../../src/evm/pool/emptied.ts";
import type { AmountOrReason } from "../../../src/evm/strategies/account_values.ts";
import { accountsOf } from "../../fakes/open_pool.ts";
import { toAccounts, tokenKey } from "../../fakes/accounts.ts";
import { chunksOf } from "../../fakes/read_values.ts";
import { outcomesFor } from "../../fakes/watched.ts";
import type { Account } from "../../../src/assets/asset.ts";

const COINS = accountsOf(4);
const TOKENS = COINS.map((holder) => tokenKey(`0x${"f".repeat(40)}`, holder));
const ACCOUNTS = toAccounts([...COINS, ...TOKENS]);

/**
 * Finds the suspicious chunks of a reading of four coins and four tokens.
 *
 * @param funded which of them had something
 * @param chunks outcomes of each chunk, which follow each other
 * @returns which of the chunks
 */
function emptiedAmong(
  funded: readonly number[],
  chunks: readonly (readonly AmountOrReason[])[],
  asked: readonly Account[] = ACCOUNTS,
): readonly number[] {
  const read = chunksOf(chunks, asked);
  return findEmptied(fundedOf(funded), read).map((chunk) => read.indexOf(chunk));
}

function fundedOf(funded: readonly number[]): Set<Account> {
  return new Set(ACCOUNTS.filter((_, place) => funded[place] === 1));
}

Deno.test("findEmptied() finds answers in which two or more funded wallets all have 0", () => {
  assert.deepEqual(emptiedAmong([1, 1, 0, 0], [[0n, 0n, 0n, 0n]]), [0]);
  assert.deepEqual(emptiedAmong([1, 0, 0, 0], [[0n, 0n, 0n, 0n]]), []);
  assert.deepEqual(emptiedAmong([1, 1, 1, 0], [[0n, 1n, 0n, 0n]]), []);
  assert.deepEqual(emptiedAmong([1, 1, 0, 0], [[0n, 0n, 5n, 5n]]), [0]);
  assert.deepEqual(emptiedAmong([0, 0, 0, 0], [[0n, 0n, 0n, 0n]]), []);
  assert.deepEqual(emptiedAmong([1, 1, 0, 0], [[0n, "rpc_error", 0n, 0n]]), []);
  assert.deepEqual(emptiedAmong([1, 1, 1, 0], [[0n, "rpc_error", 0n, 0n]]), [0]);
});

Deno.test("findEmptied() suspects nothing where one account still has something, wherever it is", () => {
  assert.deepEqual(emptiedAmong([1, 1, 1, 0], [[0n, 0n, 5n, 0n]]), []);
  assert.deepEqual(emptiedAmong([1, 1, 1, 0], [[0n], [0n], [5n]]), []);
});

Deno.test("findEmptied() counts native balances and tokens separately", () => {
  assert.deepEqual(emptiedAmong([1, 0, 0, 0, 1, 0, 0, 0], [[0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]]), []);
  assert.deepEqual(emptiedAmong([1, 1, 0, 0, 1, 0, 0, 0], [[0n, 0n, 0n, 0n, 9n, 0n, 0n, 0n]]), [0]);
  assert.deepEqual(emptiedAmong([1, 0, 0, 0, 1, 1, 0, 0], [[9n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]]), [0]);
  // The last coin and the first token.
  assert.deepEqual(emptiedAmong([0, 0, 1, 1, 1, 0, 0, 0], [[0n, 0n, 0n, 0n, 9n, 0n, 0n, 0n]]), [0]);
  assert.deepEqual(emptiedAmong([0, 0, 0, 1, 1, 1, 0, 0], [[0n, 0n, 0n, 9n, 0n, 0n, 0n, 0n]]), [0]);
});

Deno.test("findEmptied() checks each answer, and all of them together", () => {
  assert.deepEqual(emptiedAmong([1, 1, 1, 1], [[0n, 0n], [5n, 5n]]), [0]);
  assert.deepEqual(emptiedAmong([1, 1, 1, 1], [[5n, 5n], [0n, 0n]]), [1]);
  assert.deepEqual(emptiedAmong([1, 0, 1, 0], [[0n, 0n], [0n, 0n]]), [0, 1]);
  assert.deepEqual(emptiedAmong([1, 0, 1, 0], [[0n, 0n], [5n, 0n]]), []);
  assert.deepEqual(emptiedAmong([0, 0, 0, 0, 1, 0, 1, 0], [[0n, 0n, 0n, 0n], [0n, 0n], [0n, 0n]]), [1, 2]);
  assert.deepEqual(emptiedAmong([1, 1, 0, 0], [[0n, 0n], [0n, 0n]]), [0]);
});

Deno.test("findEmptied() knows accounts, whichever of them were read", () => {
  const some = ACCOUNTS.filter((_, place) => place === 1 || place === 3);
  assert.deepEqual(emptiedAmong([0, 1, 0, 1], [[0n, 0n]], some), [0]);
  assert.deepEqual(emptiedAmong([1, 1, 0, 0], [[0n, 0n]], some), []);
});

Deno.test("noteFunded() adds accounts with a balance, and keeps those that were not read", () => {
  const funded = new Set<Account>();
  const note = (...outcomes: readonly (bigint | "lagging")[]): readonly number[] => {
    const read = outcomes.map((each) => typeof each === "string" ? each : { amount: each, block: undefined });
    noteFunded(funded, outcomesFor(ACCOUNTS, read));
    return ACCOUNTS.slice(0, 4).map((account) => Number(funded.has(account)));
  };
  assert.deepEqual(note(1n, 0n, "lagging", "lagging"), [1, 0, 0, 0]);
  assert.deepEqual(note("lagging", 1n, "lagging", 7n), [1, 1, 0, 1]);
  assert.deepEqual(note(0n), [0, 1, 0, 1]);
});
