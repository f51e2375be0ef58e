import assert from "node:assert/strict";
import { delegationTo } from "../../src/assets/code.ts";
import type { Changes } from "../../src/assets/value_state.ts";
import type { Reason } from "../../src/jsonrpc/errors.ts";
import type { WalletPlan } from "../../src/plan/plan.ts";
import { type AccountState, type NetworkState, UNKNOWN } from "../../src/poller/state.ts";
import {
  codeStatus,
  isCoinRead,
  transactionsStatus,
  unreadValues,
  valueConditions,
} from "../../src/status/value_status.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { addressOf, networkAt, planOf, planOfV2, pollOf, watched } from "../fakes/watched.ts";

const NONE = 0n;
const CONTRACT = 5n;
const DELEGATED = delegationTo(addressOf(9));

/** A network with one wallet, and the states of its accounts by their kind. */
async function watchWallet(
  keys: string,
  states: Readonly<Record<string, AccountState>>,
): Promise<readonly [network: NetworkState, wallet: WalletPlan]> {
  using clock = createFakeClock();
  const plan = await planOfV2(`version: 2
networks:
  - name: main
    chainId: 1
    endpoints: ["http://node.example"]
    wallets: [{ address: "${addressOf(1)}", label: w, ${keys} }]
`);
  const network = networkAt(watched(plan, { clock }).store, 0);
  network.accounts.forEach((_, account) => network.accounts.set(account, states[account.asset.kind] ?? UNKNOWN));
  const [wallet] = network.plan.wallets;
  if (wallet === undefined) throw new RangeError("No wallet");
  return [network, wallet];
}

/** A good reading of the 1000th second. */
function read(amount: bigint, changes: Partial<Changes> = {}): AccountState {
  const reading = { amount, block: undefined, at: 1000, readAt: 1000 };
  return { ...UNKNOWN, attempted: true, reading, changes: { at: 400, count: 2, same: 3, before: amount, ...changes } };
}

function failed(failure: Reason, before: AccountState = UNKNOWN): AccountState {
  return { ...before, attempted: true, failure };
}

/** What four transactions cost together. */
function costs(spent: bigint): Partial<Changes> {
  const from = { amount: 0n, spent: 0n, received: 0n };
  return { costs: { hours: [{ hour: 0, increase: 4n, spent }], from } };
}

Deno.test("a wallet without transactions or code has no status of them, and nothing is wrong", async () => {
  const [network, wallet] = await watchWallet("", { native: read(0n) });
  assert.equal(transactionsStatus(network, wallet), undefined);
  assert.equal(codeStatus(network, wallet), undefined);
  assert.deepEqual(valueConditions(network, wallet), []);
});

Deno.test("transactions are unknown until code and nonce are read, with the reason of either", async () => {
  const table: readonly (readonly [AccountState, AccountState, ...unknown[]])[] = [
    [UNKNOWN, UNKNOWN, undefined, false, undefined, undefined, undefined],
    [read(5n), UNKNOWN, undefined, false, false, undefined, 1000],
    [read(5n), read(NONE), 5n, false, true, undefined, 1000],
    [read(5n), read(DELEGATED), 5n, false, true, undefined, 1000],
    [read(5n), read(CONTRACT), undefined, true, undefined, undefined, 1000],
    [read(5n), failed("timeout"), undefined, false, false, "timeout", 1000],
    [failed("rpc_error"), failed("timeout"), undefined, false, false, "rpc_error", undefined],
    [failed("rpc_error", read(5n)), read(NONE), 5n, false, false, "rpc_error", 1000],
  ];
  for (const [transactions, code, ...expected] of table) {
    const status = transactionsStatus(...await watchWallet("transactions: true", { transactions, code }));
    assert.deepEqual(
      [status?.known?.count, status?.isContract, status?.isRead, status?.failure, status?.readAt],
      expected,
    );
  }
});

Deno.test("a delegation is expected if the configuration says so, and so is code that is not known", async () => {
  const table: readonly (readonly [keys: string, AccountState, ...unknown[]])[] = [
    ["code: watch", UNKNOWN, undefined, true, 0, undefined, undefined, undefined, undefined],
    ["code: watch", failed("timeout"), undefined, true, 0, undefined, false, "timeout", undefined],
    ["code: watch", read(NONE), "none", true, 2, 400, true, undefined, 1000],
    ["code: watch", read(CONTRACT), "contract", true, 2, 400, true, undefined, 1000],
    ["code: watch", read(DELEGATED), "delegated", false, 2, 400, true, undefined, 1000],
    ["code: watch", failed("timeout", read(DELEGATED)), "delegated", false, 2, 400, false, "timeout", 1000],
    ["code: delegated", read(DELEGATED), "delegated", true, 2, 400, true, undefined, 1000],
    [`code: "${addressOf(9)}"`, read(DELEGATED), "delegated", true, 2, 400, true, undefined, 1000],
    [`code: "${addressOf(8)}"`, read(DELEGATED), "delegated", false, 2, 400, true, undefined, 1000],
  ];
  for (const [keys, code, ...expected] of table) {
    const status = codeStatus(...await watchWallet(keys, { code }));
    assert.deepEqual([
      status?.kind,
      status?.isExpected,
      status?.changes,
      status?.since,
      status?.isRead,
      status?.failure,
      status?.readAt,
    ], expected);
    const conditions = valueConditions(...await watchWallet(keys, { native: read(1n), code }));
    assert.equal(conditions.includes("delegated"), expected[1] === false);
    const transactions = await watchWallet("transactions: true", { code });
    assert.equal(codeStatus(...transactions), undefined, "it is read for the transactions, but not watched");
  }
});

Deno.test("a wallet is silent for longer than expected, and stuck while the same transaction is pending", async () => {
  const conditions = async (keys: string, nonce: AccountState, pending = UNKNOWN): Promise<readonly string[]> =>
    valueConditions(...await watchWallet(keys, { native: read(1n), code: read(NONE), transactions: nonce, pending }));
  const nonce = (changedAt: number): AccountState => read(5n, { at: changedAt });
  assert.deepEqual(await conditions("expect: 10m", nonce(400)), []);
  assert.deepEqual(await conditions("expect: 10m", nonce(399)), ["silent"]);
  assert.deepEqual(await conditions("transactions: true", nonce(0)), []);
  assert.deepEqual(await conditions("expect: 10m", nonce(400), read(6n)), ["stuck"]);
  assert.deepEqual(await conditions("expect: 10m", nonce(399), read(6n)), ["stuck", "silent"]);
  assert.deepEqual(await conditions("expect: 10m", failed("timeout", nonce(399)), read(6n)), ["values_unreadable"]);
});

Deno.test("a wallet is neither silent nor stuck while any endpoint says that the chain is halted", async () => {
  const [network, wallet] = await watchWallet("expect: 10m", {
    native: read(1n),
    code: read(NONE),
    transactions: read(5n, { at: 0 }),
    pending: read(6n),
  });
  const { endpoints: [endpoint] } = pollOf([1n]);
  if (endpoint === undefined) throw new RangeError("No endpoint");
  network.endpoints = [endpoint, endpoint];
  assert.deepEqual(valueConditions(network, wallet), ["stuck", "silent"]);
  network.endpoints = [endpoint, { ...endpoint, state: "halted" }];
  assert.deepEqual(valueConditions(network, wallet), []);
});

Deno.test("fewer than 100 transactions are few", async () => {
  const conditions = async (coin: bigint): Promise<readonly string[]> =>
    valueConditions(
      ...await watchWallet("transactions: true", {
        native: read(coin),
        code: read(NONE),
        transactions: read(5n, costs(40n)),
      }),
    );
  assert.deepEqual(await conditions(999n), ["few_transactions"]);
  assert.deepEqual(await conditions(1000n), []);
});

Deno.test("values that cannot be read are a condition unless the coin cannot be read either", async () => {
  const conditions = async (native: AccountState): Promise<readonly string[]> =>
    valueConditions(...await watchWallet("code: watch", { native, code: failed("timeout") }));
  assert.deepEqual(await conditions(read(1n)), ["values_unreadable"]);
  assert.deepEqual(await conditions(failed("timeout")), []);
  assert.deepEqual(await conditions(UNKNOWN), ["values_unreadable"]);
});

Deno.test("what was not read in the last attempt is listed with its reason", async () => {
  const both = async (transactions: AccountState, code: AccountState): Promise<readonly unknown[]> => {
    const [network, wallet] = await watchWallet("transactions: true, code: watch", { transactions, code });
    return unreadValues({ transactions: transactionsStatus(network, wallet), code: codeStatus(network, wallet) });
  };
  assert.deepEqual(await both(UNKNOWN, UNKNOWN), []);
  assert.deepEqual(await both(read(5n), read(NONE)), []);
  assert.deepEqual(await both(failed("rpc_error"), read(NONE)), [{ kind: "transactions", failure: "rpc_error" }]);
  // The nonce of a contract is nobody's.
  assert.deepEqual(await both(read(5n), failed("timeout", read(CONTRACT))), [{ kind: "code", failure: "timeout" }]);
  assert.deepEqual(unreadValues({ transactions: undefined, code: undefined }), []);
});

Deno.test("a coin is read after a good attempt, and with a minimum that can be compared", async () => {
  const table = [[UNKNOWN, undefined], [read(1n), true], [failed("timeout", read(1n)), false]] as const;
  for (const [native, expected] of table) assert.equal(isCoinRead(...await watchWallet("", { native })), expected);
  using clock = createFakeClock();
  const plan = planOf({ "http://node.example": [{ address: addressOf(1), label: "w", min_balance_eth: "many" }] });
  const all = watched(plan, { clock });
  all.record(0, [1n]);
  const network = networkAt(all.store, 0);
  assert.deepEqual(network.plan.wallets.map((wallet) => isCoinRead(network, wallet)), [false]);
});
