import assert from "node:assert/strict";
import { type Anvil, startAnvil } from "../../dev/anvil.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { watchValues } from "../fakes/watch_values.ts";
import { addressOf } from "../fakes/watched.ts";

const MINUTE = 60_000;
const DELEGATION = `0xef0100${"ca11".repeat(10)}`;
const CONTRACT = addressOf(990);
const STOLEN = addressOf(991);

function configOf(url: string, sender: string): string {
  return `version: 2
networks:
  - name: main
    endpoints: [${url}]
    transactions: true
    code: watch
    wallets:
      - { address: "${sender}", label: sender, expect: 10m }
      - { address: "${CONTRACT}", label: safe }
      - { address: "${STOLEN}", label: hot }
`;
}

/** Lets time pass on the chain and on the clock. */
async function pass(anvil: Anvil, clock: ReturnType<typeof createFakeClock>, ms: number): Promise<void> {
  clock.skip(ms);
  await anvil.rpc("evm_setNextBlockTimestamp", [Math.floor(clock.epoch())]);
  await anvil.rpc("evm_mine");
}

Deno.test("balances and values are read from a real node that has made no block yet", async () => {
  await using anvil = await startAnvil();
  const [sender = ""] = await anvil.rpc("eth_accounts") as string[];
  using clock = createFakeClock(Math.ceil(Date.now() / 1000));
  using watched = await watchValues(configOf(anvil.url, sender), clock);
  const { poll, samples, state } = watched;
  for (let nonce = 0; nonce < 5; nonce++) {
    await anvil.rpc("anvil_setNonce", [sender, `0x${nonce.toString(16)}`]);
    await anvil.rpc("anvil_setBalance", [sender, `0x${nonce.toString(16)}`]);
    if (nonce === 3) await anvil.rpc("anvil_setCode", [STOLEN, DELEGATION]);
    clock.skip(5 * MINUTE);
    await poll();
    const [coin] = state.accounts.values();
    assert.deepEqual([coin?.reading?.amount, coin?.failure], [BigInt(nonce), undefined]);
    assert.equal(samples("wallet_transactions_total")["sender"], nonce);
    assert.deepEqual(samples("wallet_code_info"), {
      "sender none": 1,
      "safe none": 1,
      [nonce < 3 ? "hot none" : "hot delegated"]: 1,
    });
  }
});

Deno.test("transactions, their cost, pending ones and code are read from a real node", async () => {
  await using anvil = await startAnvil();
  const [sender = "", receiver] = await anvil.rpc("eth_accounts") as string[];
  await anvil.rpc("anvil_setCode", [CONTRACT, "0x60016002"]);
  using clock = createFakeClock(Math.ceil(Date.now() / 1000) + 10);
  using watched = await watchValues(configOf(anvil.url, sender), clock);
  const { poll, samples } = watched;
  const send = (more: object = {}): Promise<unknown> =>
    anvil.rpc("eth_sendTransaction", [{ from: sender, to: receiver, value: "0x64", gas: "0x5208", ...more }]);

  await send();
  await pass(anvil, clock, MINUTE);
  await poll();
  // The nonce of a contract counts what it created.
  assert.deepEqual(samples("wallet_transactions_total"), { sender: 1, hot: 0 });
  assert.deepEqual(samples("wallet_transactions_check_success"), { sender: 1, hot: 1 });
  assert.deepEqual(samples("wallet_transactions_expected_interval_seconds"), { sender: 600 });
  assert.deepEqual(samples("wallet_transactions_last_timestamp_seconds"), {
    sender: clock.epoch(),
    hot: clock.epoch(),
  });
  assert.deepEqual(samples("wallet_code_info"), { "sender none": 1, "safe contract": 1, "hot none": 1 });
  assert.deepEqual(samples("wallet_code_changes_total"), { sender: 0, safe: 0, hot: 0 });

  const before = BigInt(await anvil.rpc("eth_getBalance", [sender, "latest"]) as string);
  for (let count = 1; count <= 4; count++) {
    assert.deepEqual(samples("wallet_transaction_cost_eth"), count <= 3 ? {} : samples("wallet_transaction_cost_eth"));
    await send();
    await pass(anvil, clock, MINUTE);
    await poll();
  }
  assert.deepEqual(samples("wallet_transactions_total"), { sender: 5, hot: 0 });
  const balance = BigInt(await anvil.rpc("eth_getBalance", [sender, "latest"]) as string);
  const cost = (before - balance) / 4n;
  assert.deepEqual(samples("wallet_transaction_cost_eth"), { sender: Number(cost) / 1e18 });
  assert.deepEqual(samples("wallet_transactions_left"), { sender: Number(balance / cost) });
  assert.deepEqual(samples("wallet_transactions_pending"), {});
  const lastAt = clock.epoch();

  await anvil.rpc("anvil_setCode", [STOLEN, DELEGATION]);
  await pass(anvil, clock, MINUTE);
  await poll();
  assert.deepEqual(samples("wallet_code_info"), { "sender none": 1, "safe contract": 1, "hot delegated": 1 });
  assert.deepEqual(samples("wallet_code_changes_total"), { sender: 0, safe: 0, hot: 1 });

  // One that waits, since no block takes it: the node's pool loses it before each, and gets it again.
  await anvil.rpc("evm_setAutomine", [false]);
  let hash = await send();
  for (let polls = 0; polls < 3; polls++) {
    await anvil.rpc("anvil_dropTransaction", [hash]);
    await pass(anvil, clock, MINUTE);
    hash = await send();
    await poll();
  }
  assert.deepEqual(samples("wallet_transactions_pending"), { sender: 1 });
  assert.deepEqual(samples("wallet_transactions_last_timestamp_seconds")["sender"], lastAt);
  await pass(anvil, clock, MINUTE);
  await poll();
  assert.deepEqual(samples("wallet_transactions_total"), { sender: 6, hot: 0 });
  assert.deepEqual(samples("wallet_transactions_pending"), {});
  assert.deepEqual(samples("wallet_transactions_last_timestamp_seconds")["sender"], clock.epoch());

  // A chain that was restarted counts from 0 again; what was known stays for three polls.
  await anvil.rpc("anvil_reset");
  await anvil.rpc("anvil_setCode", [CONTRACT, "0x60016002"]);
  await anvil.rpc("evm_setAutomine", [true]);
  await send();
  for (let polls = 0; polls < 2; polls++) {
    await pass(anvil, clock, 5 * MINUTE);
    await poll();
    assert.deepEqual(samples("wallet_transactions_total"), { sender: 6, hot: 0 });
  }
  await pass(anvil, clock, 5 * MINUTE);
  await poll();
  await pass(anvil, clock, 5 * MINUTE);
  await poll();
  assert.deepEqual(samples("wallet_transactions_total"), { sender: 1, hot: 0 });
});
