import assert from "node:assert/strict";
import * as v from "valibot";
import { ASSET_KINDS } from "../../src/assets/kinds.ts";
import { TRANSACTIONS, transactionsOf } from "../../src/assets/transactions.ts";
import type { ValueState } from "../../src/assets/value_state.ts";
import { readConfig } from "../../src/config/read_config.ts";
import { addressOf, networkAt, planOfV2, watched } from "../fakes/watched.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";

const read = (amount: bigint, at = 1000): ValueState => ({
  reading: { amount, at },
  failure: undefined,
  attempted: true,
});

/** The state of a nonce of 5 that last changed at 900. */
function stateWith(related: ValueState["related"], costs: readonly (readonly [bigint, bigint])[] = []): ValueState {
  const hours = costs.map(([increase, spent], hour) => ({ hour, increase, spent }));
  const from = { amount: 5n, spent: 0n, received: 0n };
  const changes = { at: 900, count: 1, same: 3, before: 5n, costs: { hours, from } };
  return { ...read(5n), changes, related: { code: read(0n), coin: read(100n), ...related } };
}

const pendingOf = (related: ValueState["related"]): unknown => {
  const { pending, isStuck } = transactionsOf(stateWith(related), {}) ?? {};
  return [pending, isStuck];
};

Deno.test("transactionsOf() knows nothing without the nonce, or without the code", () => {
  const state = stateWith({});
  assert.equal(transactionsOf(state, {})?.count, 5n);
  assert.equal(transactionsOf({ ...state, reading: undefined }, {}), undefined);
  assert.equal(transactionsOf({ ...state, changes: undefined }, {}), undefined);
  assert.equal(transactionsOf(stateWith({ code: { ...read(0n), reading: undefined } }), {}), undefined);
  assert.equal(transactionsOf(stateWith({ code: undefined }), {}), undefined);
  assert.equal(transactionsOf(stateWith({ code: read(5n) }), {}), undefined);
  // A delegated account sends transactions.
  assert.equal(transactionsOf(stateWith({ code: read(6n) }), {})?.count, 5n);
});

Deno.test("transactionsOf() counts pending transactions that were asked for since the last new one", () => {
  const before = (amount: bigint): ValueState["changes"] => ({ at: 0, count: 0, same: 0, before: amount });
  assert.deepEqual(pendingOf({}), [undefined, false]);
  assert.deepEqual(pendingOf({ pending: read(5n, 900) }), [0n, false]);
  assert.deepEqual(pendingOf({ pending: read(7n, 900) }), [2n, false]);
  assert.deepEqual(pendingOf({ pending: read(7n, 899) }), [undefined, false]);
  // A node that is behind.
  assert.deepEqual(pendingOf({ pending: read(4n) }), [undefined, false]);
  assert.deepEqual(pendingOf({ pending: { ...read(7n), changes: before(6n) } }), [2n, true]);
  assert.deepEqual(pendingOf({ pending: { ...read(7n), changes: before(5n) } }), [2n, false]);
  assert.deepEqual(pendingOf({ pending: { ...read(7n, 899), changes: before(7n) } }), [undefined, false]);
  assert.deepEqual(pendingOf({ pending: { ...read(5n), changes: before(6n) } }), [0n, false]);
});

Deno.test("transactionsOf() divides what was spent by at least three transactions", () => {
  const of = (...costs: readonly (readonly [bigint, bigint])[]): unknown => {
    const { cost, left } = transactionsOf(stateWith({}, costs), {}) ?? {};
    return [cost, left];
  };
  assert.deepEqual(of([2n, 20n]), [undefined, undefined]);
  assert.deepEqual(of([2n, 20n], [1n, 16n]), [12n, 8]);
  // Where gas costs nothing.
  assert.deepEqual(of([3n, 0n]), [0n, undefined]);
  const coin = { ...read(0n), reading: undefined };
  const { cost, left } = transactionsOf(stateWith({ coin }, [[3n, 30n]]), {}) ?? {};
  assert.deepEqual([cost, left], [10n, undefined]);
});

Deno.test("an account is read as often as the shortest time that is expected needs, at most every five minutes", () => {
  const paces = [{ transactions: true }, { transactions: "TRUE" }, { expect: "1h" }, { expect: 120 }, { expect: "90s" }]
    .map((keys) => TRANSACTIONS.account(addressOf(1), keys)?.pace);
  assert.deepEqual(paces, [300_000, 300_000, 300_000, 60_000, 45_000]);
  for (const keys of [{}, { transactions: false }, { transactions: "false" }]) {
    assert.equal(TRANSACTIONS.account(addressOf(1), keys), undefined);
  }
  const related = (keys: object): readonly string[] =>
    Object.keys(TRANSACTIONS.account(addressOf(1), { ...keys })?.related ?? {});
  assert.deepEqual(related({ transactions: true }), ["coin", "code"]);
  assert.deepEqual(related({ expect: "1h" }), ["coin", "code", "pending"]);
});

Deno.test("two labels of an address share its accounts, read as often as one of them needs", async () => {
  const { networks: [network] } = await planOfV2(`version: 2
networks:
  - name: main
    endpoints: [http://node.example]
    wallets:
      - { address: "${addressOf(1)}", label: a, transactions: true }
      - { address: "${addressOf(1)}", label: b, expect: 2m, code: watch }
      - { address: "${addressOf(1)}", label: c }
`);
  assert.ok(network !== undefined);
  const { values = [], wallets, accounts } = network;
  assert.deepEqual(values.map(({ asset, pace }) => [asset.kind, pace]), [
    ["transactions", 6000],
    ["code", 6000],
    ["pending", 300_000],
  ]);
  assert.deepEqual(accounts.slice(1), values);
  const [nonce, code, pending] = values;
  assert.deepEqual(wallets.map((wallet) => wallet.values), [[nonce], [nonce, code], undefined]);
  assert.equal(nonce?.related?.["pending"], pending);
  assert.equal(nonce?.related?.["code"], code);
  assert.equal(nonce?.related?.["coin"], accounts[0]);
  assert.equal(pending?.related?.["transactions"], nonce);
});

const configWith = (wallet: string): string =>
  `version: 2
networks:
  - name: main
    endpoints: [http://node.example]
    wallets: [{ address: "${addressOf(1)}", label: a, ${wallet} }]
`;

Deno.test("the keys of values are checked", async () => {
  const errorOf = async (wallet: string): Promise<string> => {
    const error = await readConfig(configWith(wallet), "test", { env: () => undefined, file: undefined })
      .then(() => "", (error) => String(error));
    return /Must be [^\n]*/.exec(error)?.[0] ?? error;
  };
  const time = /^Must be a time from 1m to 365d, such as 1h/;
  for (const expect of ["59s", "366d", "0", "soon", "-1h", "[]"]) {
    assert.match(await errorOf(`expect: ${expect}`), time);
    assert.equal((await errorOf(`expect: ${expect}`)).match(/Must be/g)?.length, 1, "reported once");
  }
  for (const expect of ["1m", "365d", "60", "1h30m"]) assert.equal(await errorOf(`expect: ${expect}`), "");
  for (const written of ["maybe", "truer", "untrue"]) {
    assert.match(await errorOf(`transactions: ${written}`), /^Must be true or false/);
  }
  assert.match(await errorOf("code: true"), /^Must be watch, ignore/);
});

Deno.test("the expected interval is shown whatever is read", async () => {
  using clock = createFakeClock();
  const { snapshot, store } = watched(await planOfV2(configWith("expect: 90m")), { clock });
  assert.equal(networkAt(store, 0).plan.values?.length, 3);
  const [family] = TRANSACTIONS.families.filter(({ name }) => name.endsWith("_expected_interval_seconds"));
  const { wallet } = snapshot().networks[0]?.series["transactions"]?.[0] ?? {};
  assert.equal(
    family?.value({ reading: undefined, failure: undefined, attempted: false }, wallet?.keys ?? {}, ""),
    5400,
  );
  assert.equal(family?.value(read(1n), {}, ""), undefined);
});

Deno.test("a nonce is a number of 64 bits but the largest, and never falls", () => {
  const { asset } = TRANSACTIONS.account(addressOf(1), { transactions: true }) ?? assert.fail();
  const judge = asset.judge ?? assert.fail();
  const max = 2n ** 64n - 2n;
  assert.deepEqual([judge(max, 5n), judge(max + 1n, 5n)], [max, "bad_value"]);
  assert.deepEqual([judge(5n, 5n), judge(4n, 5n), judge(0n, undefined)], [5n, "lagging", 0n]);
});

Deno.test("transactionsOf() has the silence up to the last reading, and what is expected, in seconds", () => {
  const of = (at: number, keys: object): unknown => {
    const { silence, expected } = transactionsOf({ ...stateWith({}), ...read(5n, at) }, { ...keys }) ?? {};
    return [silence, expected];
  };
  assert.deepEqual(of(1000, {}), [100, undefined]);
  assert.deepEqual(of(900, { expect: "90m" }), [0, 5400]);
  // A reading of a block that is older than the change.
  assert.deepEqual(of(800, { expect: 60 }), [0, 60]);
});

Deno.test("transactionsOf() takes no first pending transaction for one that is stuck", () => {
  const state = { ...stateWith({ pending: read(1n) }), ...read(0n) };
  assert.deepEqual([transactionsOf(state, {})?.pending, transactionsOf(state, {})?.isStuck], [1n, false]);
});

Deno.test("transactionsOf() divides exactly what was spent, and knows no cost without a coin's changes", () => {
  const { cost } = transactionsOf(stateWith({}, [[1n, 20n], [2n, 15n]]), {}) ?? {};
  assert.equal(cost, 11n);
  const state = stateWith({});
  const changes = { ...state.changes ?? assert.fail(), costs: undefined };
  assert.equal(transactionsOf({ ...state, changes }, {})?.cost, undefined);
});

Deno.test("whether nonces are read is shown once they were asked for, with the code, and not of contracts", () => {
  const family = TRANSACTIONS.families.find(({ name }) => name === "wallet_transactions_check_success");
  const success = (state: ValueState): unknown => family?.value(state, {}, "");
  const [good, unread] = [stateWith({}), { ...read(0n), reading: undefined }];
  assert.deepEqual([success(good), success({ ...good, failure: "timeout" })], [1, 0]);
  assert.equal(success({ ...good, related: { code: unread } }), 0);
  assert.equal(success({ ...good, attempted: false }), undefined);
  assert.equal(success(stateWith({ code: read(5n) })), undefined);
});

Deno.test("the metrics of values have the types of their names, and help texts that are sentences", () => {
  for (const { name, type, help, isCoin } of ASSET_KINDS.flatMap(({ families }) => families)) {
    assert.match(name, /^wallet_[a-z_]+$/);
    assert.equal(type, name.endsWith("_total") ? "counter" : "gauge", name);
    assert.equal(isCoin ?? false, name.endsWith("_eth"), name);
    assert.match(help, /^[A-Z1].*\.$/, name);
  }
  assert.deepEqual(TRANSACTIONS.families.map(({ name }) => name.replace("wallet_transaction", "")), [
    "s_total",
    "s_last_timestamp_seconds",
    "s_expected_interval_seconds",
    "s_pending",
    "_cost_eth",
    "s_left",
    "s_check_success",
  ]);
});

Deno.test("a cell of a list may say whether transactions are counted, and every key is described", async () => {
  for (const [written, count] of [["true", 2], ["false", undefined]] as const) {
    const [plan] = (await planOfV2(configWith(`transactions: "${written}"`))).networks;
    assert.equal(plan?.values?.length, count);
  }
  const { wallet = {}, network = {} } = TRANSACTIONS.schema?.(v) ?? {};
  for (const schema of [...Object.values(wallet), ...Object.values(network)]) {
    assert.ok(schema.type === "optional" && "wrapped" in schema);
    assert.match(JSON.stringify(schema), /"type":"description".*"description":"\w{2,}/);
  }
});
