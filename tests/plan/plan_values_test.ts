import assert from "node:assert/strict";
import type { Account } from "../../src/assets/asset.ts";
import type { AssetKind } from "../../src/assets/asset_kind.ts";
import { CODE_WATCH } from "../../src/assets/code_watch.ts";
import { nativeAccount } from "../../src/assets/native.ts";
import { TRANSACTIONS } from "../../src/assets/transactions.ts";
import { readConfig } from "../../src/config/read_config.ts";
import { makePlan } from "../../src/plan/make_plan.ts";
import type { NetworkPlan } from "../../src/plan/plan.ts";
import { carryOver } from "../../src/poller/carry_over.ts";
import { takeDueAccounts } from "../../src/poller/due_accounts.ts";
import { createState } from "../../src/poller/state.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { addressOf, planOfV2 } from "../fakes/watched.ts";

const DAY_MS = 86_400_000;

/** The plan of wallets with these keys. */
async function planWith(wallets: number, keys: object): Promise<NetworkPlan> {
  const all = Array.from({ length: wallets }, (_, index) => ({ address: addressOf(index + 1), label: `w${index}` }));
  const network = {
    name: "main",
    endpoints: ["http://node.example"],
    wallets: all.map((one) => ({ ...one, ...keys })),
  };
  const [plan] = (await planOfV2(JSON.stringify({ version: 2, networks: [network] }))).networks;
  assert.ok(plan !== undefined);
  return plan;
}

/** The paces of a kind, in seconds. */
async function pacesOf(kind: string, wallets: number, keys: object): Promise<readonly number[]> {
  const { values = [] } = await planWith(wallets, keys);
  const own = values.filter(({ asset }) => asset.kind === kind);
  assert.equal(own.length, wallets);
  return [...new Set(own.map(({ pace = NaN }) => pace / 1000))];
}

Deno.test("values that take a call each are read every three seconds per call, every five minutes at most", async () => {
  for (const [wallets, pace] of [[1, 3], [2, 6], [99, 297], [100, 300], [101, 300], [1000, 300]] as const) {
    assert.deepEqual(await pacesOf("transactions", wallets, { transactions: true }), [pace], `${wallets} nonces`);
    assert.deepEqual(await pacesOf("code", wallets, { code: "watch" }), [pace], `${wallets} codes`);
  }
  const both = { transactions: true, code: "watch" };
  assert.deepEqual(await pacesOf("transactions", 20, both), [120]);
  assert.deepEqual(await pacesOf("code", 20, both), [120]);
});

Deno.test("the pace of few values is not less often than the expected time needs", async () => {
  assert.deepEqual(await pacesOf("transactions", 2, { expect: "2m" }), [6]);
  assert.deepEqual(await pacesOf("transactions", 30, { expect: "2m" }), [60]);
});

Deno.test("of two labels of an address the shorter pace counts", async () => {
  for (const [first, second] of [["1h", "2m"], ["2m", "1h"]]) {
    const others = Array.from({ length: 99 }, (_, index) => ({ address: addressOf(index + 2), label: "other" }));
    const own = [{ label: "a", expect: first }, { label: "b", expect: second }];
    const wallets = [...own.map((keys) => ({ address: addressOf(1), ...keys })), ...others];
    const networks = [{ name: "main", endpoints: ["http://node.example"], transactions: true, wallets }];
    const [plan] = (await planOfV2(JSON.stringify({ version: 2, networks }))).networks;
    const paces = plan?.values?.flatMap(({ asset, pace }) => asset.kind === "transactions" ? [pace] : []);
    assert.deepEqual(paces, [60_000, ...others.map(() => 300_000)]);
  }
});

Deno.test("the code of senders and pending transactions have a pace of their own", async () => {
  assert.deepEqual(await pacesOf("code", 2, { expect: "1h" }), [DAY_MS / 1000]);
  assert.deepEqual(await pacesOf("pending", 2, { expect: "1h" }), [300]);
});

Deno.test("the code of senders that is watched as well shares the pace", async () => {
  const [network] = (await planOfV2(JSON.stringify({
    version: 2,
    networks: [{
      name: "main",
      endpoints: ["http://node.example"],
      wallets: [
        { address: addressOf(1), label: "a", transactions: true },
        { address: addressOf(1), label: "b", code: "watch" },
        { address: addressOf(2), label: "c", transactions: true },
      ],
    }],
  }))).networks;
  const paces = network?.values?.map(({ key, pace }) => [key, pace]);
  assert.deepEqual(paces, [
    [`transactions ${addressOf(1)}`, 9000],
    [`code ${addressOf(1)}`, 9000],
    [`transactions ${addressOf(2)}`, 9000],
    [`code ${addressOf(2)}`, DAY_MS],
  ]);
});

/** The values of wallets of one address, in the order of kinds. */
async function valuesOf(
  wallets: readonly object[],
  kinds?: readonly AssetKind[],
  network: object = {},
): Promise<NetworkPlan> {
  const all = wallets.map((keys, index) => ({ address: addressOf(1), label: `w${index}`, ...keys }));
  const networks = [{ name: "main", endpoints: ["http://node.example"], wallets: all, ...network }];
  const text = JSON.stringify({ version: 2, networks });
  const config = await readConfig(text, "test", { env: () => undefined, file: undefined });
  return makePlan(config, undefined, kinds).networks[0] ?? assert.fail();
}

Deno.test("the code that one label watches shares the pace, in whatever order it is planned", async () => {
  const labels = [{ transactions: true }, { code: "watch" }, { transactions: true }];
  for (const kinds of [[TRANSACTIONS, CODE_WATCH], [CODE_WATCH, TRANSACTIONS]]) {
    for (const some of [labels, labels.slice(0, 2)]) {
      const { values = [] } = await valuesOf(some, kinds);
      assert.deepEqual(new Set(values.map(({ key }) => key)).size, 2);
      assert.deepEqual(values.map(({ pace }) => pace), [6000, 6000]);
    }
  }
  const { values = [] } = await valuesOf([{ transactions: true }, { transactions: true }]);
  assert.deepEqual(values.map(({ pace }) => pace), [3000, DAY_MS]);
});

Deno.test("a coin that a value needs stays as it is, and what is read of a wallet is what its network says", async () => {
  const { accounts, values, wallets } = await valuesOf([{}, { transactions: false }], undefined, {
    transactions: true,
  });
  assert.deepEqual(accounts[0], { ...nativeAccount(addressOf(1)), place: 0 });
  assert.deepEqual(values?.map(({ asset }) => asset.kind), ["transactions", "code"]);
  assert.deepEqual(wallets.map((wallet) => wallet.values?.length), [1, undefined]);
});

Deno.test("only the given kinds are planned", async () => {
  const keys = { transactions: true, code: "watch" };
  const kindsOf = async (kinds: readonly AssetKind[]): Promise<unknown> =>
    (await valuesOf([keys], kinds)).wallets[0]?.values?.map(({ asset }) => asset.kind);
  assert.deepEqual(await kindsOf([]), undefined);
  assert.deepEqual(await kindsOf([CODE_WATCH]), ["code"]);
  assert.deepEqual(await kindsOf([TRANSACTIONS]), ["transactions"]);
});

Deno.test("a reload that changes the number of wallets changes the pace", async () => {
  using clock = createFakeClock();
  const keys = { transactions: true };
  const dueAfter = (state: ReturnType<typeof createState>, seconds: number): number => {
    const isNonce = ({ asset }: Account): boolean => asset.kind === "transactions";
    clock.skip(1000 * seconds);
    return takeDueAccounts(state, {}, clock.now()).filter(isNonce).length;
  };
  const many = createState(await planWith(100, keys), clock);
  assert.equal(dueAfter(many, 0), 100);
  assert.equal(dueAfter(many, 60), 0);
  const few = carryOver(many, await planWith(2, keys), clock);
  assert.equal(dueAfter(few, 0), 2);
  assert.equal(dueAfter(few, 15), 2);
  const again = carryOver(few, await planWith(100, keys), clock);
  assert.equal(dueAfter(again, 15), 98);
  assert.equal(dueAfter(again, 240), 0);
  assert.equal(dueAfter(again, 15), 2);
  assert.equal(dueAfter(again, 15), 98);
});
