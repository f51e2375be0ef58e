import assert from "node:assert/strict";
import type { Account, Asset } from "../../../src/assets/asset.ts";
import { NATIVE } from "../../../src/assets/native.ts";
import { createPollProgress, type PollProgress } from "../../../src/evm/pool/poll_progress.ts";
import type { AmountOrReason } from "../../../src/evm/strategies/account_values.ts";
import { RpcError } from "../../../src/jsonrpc/errors.ts";
import { toAccounts } from "../../fakes/accounts.ts";
import { accountsOf } from "../../fakes/open_pool.ts";
import { chunksOf } from "../../fakes/read_values.ts";

const ACCOUNTS = toAccounts(accountsOf(3));
const BLOCK = { number: 7n, time: 70 };
const HEAD = { chainId: 1, block: BLOCK };
const FAILURE = new RpcError("timeout", "");

/** Adds the values of each chunk, which follow each other in the order of the accounts. */
function add(progress: PollProgress, values: readonly (readonly AmountOrReason[])[], accounts = ACCOUNTS): number {
  return progress.add({ chunks: chunksOf(values, accounts, HEAD), failure: undefined });
}

function pendingIn({ pending }: PollProgress): readonly number[] {
  return pending.map((account) => ACCOUNTS.indexOf(account));
}

function outcomesIn({ outcomes }: PollProgress): readonly unknown[] {
  return [...outcomes.values()];
}

Deno.test("createPollProgress() starts with every account missing", () => {
  const progress = createPollProgress(ACCOUNTS);
  assert.deepEqual(outcomesIn(progress), ["missing", "missing", "missing"]);
  assert.deepEqual([pendingIn(progress), progress.failure], [[0, 1, 2], undefined]);
});

Deno.test("add() keeps accounts pending that were not read, and not those whose contract reverted", () => {
  const progress = createPollProgress(ACCOUNTS);
  assert.equal(add(progress, [[5n], ["timeout", "reverted"]]), 2);
  assert.deepEqual(outcomesIn(progress), [{ amount: 5n, block: BLOCK }, "timeout", "reverted"]);
  assert.deepEqual(pendingIn(progress), [1]);
  assert.equal(add(progress, [["rpc_error"]], ACCOUNTS.slice(1)), 0);
  assert.deepEqual(pendingIn(progress), [1]);
  assert.equal(add(progress, [[6n]], ACCOUNTS.slice(1)), 1);
  assert.deepEqual(pendingIn(progress), []);
});

Deno.test("add() uses the last value of an account", () => {
  const progress = createPollProgress(ACCOUNTS);
  add(progress, [["reverted", 6n, "timeout"], [7n]], [...ACCOUNTS, ...ACCOUNTS.slice(0, 1)]);
  assert.deepEqual(outcomesIn(progress), [{ amount: 7n, block: BLOCK }, { amount: 6n, block: BLOCK }, "timeout"]);
  assert.deepEqual(pendingIn(progress), [2]);
});

Deno.test("add() dates values by the given block, and late ones only if their block is known", () => {
  const [one] = ACCOUNTS;
  assert.ok(one !== undefined);
  const other = { number: 8n, time: 80 };
  for (
    const [head, how, outcome] of [
      [HEAD, {}, { amount: 5n, block: BLOCK }],
      [HEAD, { block: other }, { amount: 5n, block: other }],
      [undefined, { block: other, late: "halted" }, { amount: 5n, block: other, late: "halted" }],
      [HEAD, { late: "lagging" }, { amount: 5n, block: BLOCK, late: "lagging" }],
      [undefined, { late: "halted" }, "lagging"],
    ] as const
  ) {
    const progress = createPollProgress([one]);
    progress.add({ chunks: chunksOf([[5n]], [one], head), failure: undefined }, how);
    assert.deepEqual(outcomesIn(progress), [outcome]);
    assert.equal(progress.pending.length, outcome === "lagging" ? 1 : 0);
  }
});

Deno.test("add() has an asset judge its value by the last published one", () => {
  const asset: Asset = { ...NATIVE, judge: (value, previous = 0n) => value < previous ? "bad_value" : value + 1n };
  const accounts = ACCOUNTS.map((account) => ({ ...account, asset }));
  const progress = createPollProgress(accounts, new Map(accounts.slice(0, 1).map((account) => [account, 9n])));
  add(progress, [[5n, 5n, "timeout"]], accounts);
  assert.deepEqual(outcomesIn(progress), ["bad_value", { amount: 6n, block: BLOCK }, "timeout"]);
});

Deno.test("failure is the last error of a read", () => {
  const progress = createPollProgress(ACCOUNTS);
  const itemFailure = new RpcError("rpc_error", "");
  progress.add({ chunks: [], failure: FAILURE });
  assert.equal(progress.failure, FAILURE);
  progress.add({ chunks: [], failure: undefined });
  assert.equal(progress.failure, FAILURE);
  progress.add({ chunks: [], failure: undefined, itemFailure });
  assert.equal(progress.failure, itemFailure);
});

Deno.test("countReasons() counts the pending accounts of each reason", () => {
  const progress = createPollProgress(ACCOUNTS);
  assert.deepEqual([...progress.countReasons()], [["missing", 3]]);
  add(progress, [["timeout", "rpc_error", "timeout"]]);
  assert.deepEqual([...progress.countReasons()], [["timeout", 2], ["rpc_error", 1]]);
  add(progress, [[5n, "reverted", "timeout"]]);
  assert.deepEqual([...progress.countReasons()], [["timeout", 1]]);
});

Deno.test("failPending() sets the reason of pending accounts, and failPendingIfUnset() only if none is set", () => {
  const progress = createPollProgress(ACCOUNTS);
  progress.failPendingIfUnset("connect");
  assert.deepEqual(outcomesIn(progress), ["connect", "connect", "connect"]);
  progress.failPendingIfUnset("dns");
  assert.deepEqual(outcomesIn(progress), ["connect", "connect", "connect"]);
  add(progress, [[5n]]);
  progress.failPending("tls");
  assert.deepEqual(outcomesIn(progress), [{ amount: 5n, block: BLOCK }, "tls", "tls"]);
  const read = createPollProgress(ACCOUNTS);
  add(read, [["timeout", "timeout", "timeout"]]);
  read.failPendingIfUnset("connect");
  assert.deepEqual(outcomesIn(read), ["timeout", "timeout", "timeout"]);
});

Deno.test("fallen lists the accounts whose value is behind the last one, at a block that is not", () => {
  const judge: Asset["judge"] = (value, previous = 0n) =>
    value < previous ? "lagging" : value > 100n ? "bad_value" : value;
  const accounts: readonly Account[] = ACCOUNTS.map((account) => ({ ...account, asset: { ...NATIVE, judge } }));
  const previous = new Map(accounts.map((account) => [account, 9n]));
  const fallenOf = (
    values: readonly AmountOrReason[],
    how: Parameters<PollProgress["add"]>[1] = {},
    head: typeof HEAD | "none" = HEAD,
  ): readonly number[] => {
    const progress = createPollProgress(accounts, previous);
    progress.add({ chunks: chunksOf([values], accounts, head === "none" ? undefined : head), failure: undefined }, how);
    return [...progress.fallen].map((account) => accounts.indexOf(account));
  };
  assert.deepEqual(fallenOf([8n, 9n, 0n]), [0, 2]);
  assert.deepEqual(fallenOf(["lagging", 101n, "timeout"]), [], "no value was read, or another is wrong");
  assert.deepEqual(fallenOf([8n, 9n, 0n], { late: "lagging" }), []);
  assert.deepEqual(fallenOf([8n, 9n, 0n], {}, "none"), [], "the value may be of any block");
});
