import assert from "node:assert/strict";
import { codeKindOf } from "../../src/assets/code.ts";
import { carryOver } from "../../src/poller/carry_over.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { type FakeNode, type Item, startFakeNode } from "../fakes/fake_node.ts";
import { type WatchedValues, watchValues } from "../fakes/watch_values.ts";
import { addressOf, COIN, planOfV2 } from "../fakes/watched.ts";

const SECOND = 1000;
const MINUTE = 60_000;
const ONE = addressOf(1);
const TWO = addressOf(2);
const NO_METHOD = "the method does not exist/is not available";

/** What a node answers besides balances; may be changed. */
interface Values {
  nonce: unknown;
  pending: unknown;
  code: unknown;
}

/** A node that has balances, nonces and code, without state overrides. */
function startNode(values: Values): FakeNode {
  return startFakeNode({
    balances: new Map([[ONE, 10n * COIN], [TWO, COIN]]),
    answer({ method, params }: Item): unknown {
      const { nonce, pending, code } = values;
      const answer = method === "eth_getTransactionCount"
        ? params[1] === "pending" ? pending : nonce
        : method === "eth_getCode"
        ? code
        : undefined;
      // No node has blocks of the future.
      if (answer !== undefined && Number(params[1]) > 1000) throw new Error("header not found");
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
}

const configOf = (urls: readonly string[], wallet = "", network = ""): string =>
  `version: 2
networks:
  - name: main
    endpoints: [${urls.join(", ")}]
    ${network}
    wallets:
      - { address: "${ONE}", label: one${wallet} }
      - { address: "${TWO}", label: two }
`;

async function pollAt(
  node: FakeNode,
  clock: ReturnType<typeof createFakeClock>,
  { poll }: WatchedValues,
  ms = MINUTE,
): Promise<Readonly<Record<string, number>>> {
  clock.skip(ms);
  node.truth.block++;
  node.truth.time = Math.floor(clock.epoch());
  return await poll();
}

Deno.test("nonces and code are read at their pace by plain methods, balances in every poll", async () => {
  const values: Values = { nonce: "0x5", pending: "0x5", code: "0x" };
  await using node = startNode(values);
  using clock = createFakeClock();
  using watched = await watchValues(configOf([node.url], ", transactions: true, code: watch"), clock);
  const { samples } = watched;
  const first = await pollAt(node, clock, watched);
  assert.deepEqual(samples("wallet_transactions_total"), { one: 5 });
  assert.deepEqual(samples("wallet_code_info"), { "one none": 1 });
  assert.deepEqual(samples("wallet_code_check_success"), { one: 1 });
  const firstAt = clock.epoch();
  assert.ok((first["eth_getTransactionCount"] ?? 0) >= 1);
  values.nonce = "0x7";
  for (let polls = 0; polls < 5; polls++) {
    const calls = await pollAt(node, clock, watched, SECOND);
    assert.deepEqual([calls["eth_getTransactionCount"], calls["eth_getCode"], calls["eth_getBalance"]], [
      undefined,
      undefined,
      2,
    ]);
  }
  assert.deepEqual(samples("wallet_transactions_total"), { one: 5 });
  assert.deepEqual(samples("wallet_transactions_last_timestamp_seconds"), { one: firstAt });
  // Two values share six seconds.
  const calls = await pollAt(node, clock, watched, SECOND);
  assert.deepEqual([calls["eth_getTransactionCount"], calls["eth_getCode"]], [1, 1]);
  assert.deepEqual(samples("wallet_transactions_total"), { one: 7 });
  assert.deepEqual(samples("wallet_transactions_last_timestamp_seconds"), { one: clock.epoch() });
});

Deno.test("without values nothing else is asked for", async () => {
  await using node = startNode({ nonce: "0x5", pending: "0x5", code: "0x" });
  using clock = createFakeClock();
  using watched = await watchValues(configOf([node.url], ", transactions: false, code: ignore"), clock);
  await pollAt(node, clock, watched);
  assert.deepEqual(await pollAt(node, clock, watched), {
    eth_chainId: 2,
    eth_getBlockByNumber: 1,
    eth_getBalance: 2,
  });
  assert.equal(watched.state.plan.values, undefined);
});

for (
  const [name, answer, reason] of [
    ["refuses", new Error(NO_METHOD), "rpc_error"],
    ["answers garbage to", "0xnonce", "bad_value"],
    ["answers null to", null, "bad_value"],
  ] as const
) {
  Deno.test(`a node that ${name} the methods leaves values absent with a reason, and balances as they are`, async () => {
    const values: Values = { nonce: answer, pending: answer, code: answer };
    await using node = startNode(values);
    using clock = createFakeClock();
    using watched = await watchValues(configOf([node.url], "", "transactions: true\n    code: watch"), clock);
    const { samples, failures, state } = watched;
    for (let polls = 0; polls < 3; polls++) await pollAt(node, clock, watched);
    assert.deepEqual(failures("native"), [undefined, undefined]);
    assert.deepEqual(failures("transactions"), [reason, reason]);
    assert.deepEqual(failures("code"), [reason, reason]);
    assert.deepEqual(samples("wallet_transactions_total"), {});
    assert.deepEqual(samples("wallet_code_info"), {});
    assert.deepEqual(samples("wallet_transactions_check_success"), { one: 0, two: 0 });
    assert.deepEqual(samples("wallet_code_check_success"), { one: 0, two: 0 });
    const [endpoint] = state.endpoints;
    assert.deepEqual([endpoint?.state, endpoint?.strategy, endpoint?.failure], ["ok", "batch", undefined]);
    // It is tried again after a minute, not only at the pace.
    Object.assign(values, { nonce: "0x1", code: "0x" });
    await pollAt(node, clock, watched);
    assert.deepEqual(samples("wallet_transactions_total"), { one: 1, two: 1 });
  });
}

Deno.test("a method that the best endpoint refuses is asked of the next, which reads no balances", async () => {
  await using first = startNode({ nonce: new Error(NO_METHOD), pending: null, code: "0x" });
  await using second = startNode({ nonce: "0x9", pending: null, code: "0x" });
  using clock = createFakeClock();
  using watched = await watchValues(configOf([first.url, second.url], "", "transactions: true"), clock);
  second.truth.time = Math.floor(clock.epoch()) + 60;
  await pollAt(first, clock, watched);
  assert.deepEqual(watched.samples("wallet_transactions_total"), { one: 9, two: 9 });
  const asked = second.seen.flatMap(({ items }) => items.map(({ method }) => method));
  assert.ok(!asked.includes("eth_getBalance"), asked.join());
  assert.deepEqual(watched.state.endpoints.map(({ failure }) => failure), [undefined, undefined]);
});

Deno.test("a nonce that falls is not published, and one that is not read ages", async () => {
  const values: Values = { nonce: "0x5", pending: "0x5", code: "0x" };
  await using node = startNode(values);
  using clock = createFakeClock();
  const config = configOf([node.url], ", transactions: true");
  using watched = await watchValues(config, clock, 10 * MINUTE);
  const { samples, failures } = watched;
  await pollAt(node, clock, watched);
  values.nonce = "0x4";
  await pollAt(node, clock, watched, 5 * MINUTE);
  assert.deepEqual([samples("wallet_transactions_total"), failures("transactions")], [{ one: 5 }, ["lagging"]]);
  assert.deepEqual(samples("wallet_transactions_check_success"), { one: 0 });
  values.nonce = `0x${(2n ** 64n).toString(16)}`;
  await pollAt(node, clock, watched, 5 * MINUTE);
  assert.deepEqual([samples("wallet_transactions_total"), failures("transactions")], [{ one: 5 }, ["bad_value"]]);
  // As old as a balance may be, and its pace.
  await pollAt(node, clock, watched, 6 * MINUTE);
  for (const family of ["total", "last_timestamp_seconds", "left", "pending"]) {
    assert.deepEqual(samples(`wallet_transactions_${family}`), {});
  }
});

Deno.test("a contract's nonce is not published, nor read again", async () => {
  const values: Values = { nonce: "0x5", pending: "0x5", code: "0x6001" };
  await using node = startNode(values);
  using clock = createFakeClock();
  using watched = await watchValues(configOf([node.url], "", "transactions: true"), clock);
  await pollAt(node, clock, watched);
  const calls = await pollAt(node, clock, watched, 10 * MINUTE);
  assert.equal(calls["eth_getTransactionCount"], undefined);
  for (const family of ["total", "last_timestamp_seconds", "check_success"]) {
    assert.deepEqual(watched.samples(`wallet_transactions_${family}`), {});
  }
  // Its code is not watched.
  assert.deepEqual(watched.samples("wallet_code_info"), {});
});

Deno.test("pending transactions are asked for when the nonce is unchanged, every five minutes at most", async () => {
  const values: Values = { nonce: "0x5", pending: "0x7", code: "0x" };
  await using node = startNode(values);
  using clock = createFakeClock();
  using watched = await watchValues(configOf([node.url], ", expect: 2m"), clock);
  const { samples } = watched;
  const asked = async (ms = MINUTE): Promise<boolean> => {
    await pollAt(node, clock, watched, ms);
    const items = node.seen.splice(0).flatMap((request) => request.items);
    return items.some(({ params }) => params[1] === "pending");
  };
  // The first, and three that are the same.
  for (let polls = 0; polls < 4; polls++) assert.equal(await asked(), false);
  assert.deepEqual(samples("wallet_transactions_pending"), {});
  assert.equal(await asked(), true);
  assert.deepEqual(samples("wallet_transactions_pending"), { one: 2 });
  for (let polls = 0; polls < 4; polls++) assert.equal(await asked(), false);
  assert.equal(await asked(), true);
  // It says nothing of those that are sent later.
  values.nonce = "0x6";
  await asked();
  assert.deepEqual(samples("wallet_transactions_pending"), {});
  values.pending = new Error(NO_METHOD);
  for (let polls = 0; polls < 6; polls++) await asked();
  assert.deepEqual(samples("wallet_transactions_pending"), {});
  assert.deepEqual(watched.failures("pending"), ["rpc_error"]);
  assert.deepEqual(watched.failures("native"), [undefined, undefined]);
  assert.deepEqual(samples("wallet_transactions_total"), { one: 6 });
});

Deno.test("a reload keeps what is known of values, and other chains start from nothing", async () => {
  const values: Values = { nonce: "0x5", pending: "0x5", code: `0xef0100${"12".repeat(20)}` };
  await using node = startNode(values);
  using clock = createFakeClock();
  const config = configOf([node.url], ", transactions: true, code: watch");
  using watched = await watchValues(config, clock);
  await pollAt(node, clock, watched);
  values.nonce = "0x6";
  await pollAt(node, clock, watched, 5 * MINUTE);
  const changes = (state: WatchedValues["state"]): unknown =>
    [...state.accounts].flatMap(([{ key }, { changes }]) => changes === undefined ? [] : [[key, changes.count]]);
  const known = [[`transactions ${ONE}`, 1], [`code ${ONE}`, 0]];
  assert.deepEqual(changes(watched.state), known);
  const [plan] = (await planOfV2(config.replace("label: two", "label: three"))).networks;
  assert.ok(plan !== undefined);
  const after = carryOver(watched.state, plan, clock);
  assert.deepEqual(changes(after), known);
  assert.deepEqual([...after.asked.keys()], [`transactions ${ONE}`, `code ${ONE}`]);
  const [other] = (await planOfV2(config.replace("name: main", "name: main\n    chainId: 5"))).networks;
  assert.ok(other !== undefined);
  assert.deepEqual(changes(carryOver(watched.state, other, clock)), []);
});

Deno.test("a delegation is expected of any contract, or of the one that the configuration names", async () => {
  const delegate = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";
  const modes = { watch: [1, 1, 0, 0], delegated: [1, 1, 1, 1], [delegate]: [1, 1, 1, 0] };
  const codes = ["0x", "0x6001", `0xef0100${delegate.slice(2).toLowerCase()}`, `0xef0100${"12".repeat(20)}`];
  for (const [mode, expected] of Object.entries(modes)) {
    for (const [index, code] of codes.entries()) {
      await using node = startNode({ nonce: "0x5", pending: "0x5", code });
      using clock = createFakeClock();
      using watched = await watchValues(configOf([node.url], `, code: ${mode}`), clock);
      await pollAt(node, clock, watched);
      assert.deepEqual(watched.samples("wallet_code_expected"), { one: expected[index] }, `${mode} ${code}`);
    }
  }
});

Deno.test("codeKindOf() knows no kind of a value that no code has", () => {
  assert.equal(codeKindOf(0n), "none");
  assert.equal(codeKindOf(5n), "contract");
  assert.equal(codeKindOf(6n), "delegated");
  assert.equal(codeKindOf(4n), undefined);
  assert.equal(codeKindOf(7n), undefined);
});
