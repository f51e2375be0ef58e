import assert from "node:assert/strict";
import { skipCheck } from "../fakes/outside_tool.ts";
import { accountsOf } from "../fakes/open_pool.ts";
import { until } from "../program/until.ts";
import { startFaultServer } from "./fault_server.ts";
import { type Geth, startGeth } from "./geth.ts";
import { startWatching, type Watching } from "./rig.ts";

const WALLETS = 1200;
const COIN = 10n ** 18n;

/** Sends coins to some of the wallets and waits until they are there. */
async function spend(geth: Geth, accounts: readonly string[]): Promise<void> {
  const [from] = await geth.rpc("eth_accounts") as readonly string[];
  // All before have their receipts. Left to geth, two in a row may get one nonce while a block is made.
  const sent = Number(await geth.rpc("eth_getTransactionCount", [from, "latest"]));
  const hashes: unknown[] = [];
  for (const [index, to] of accounts.entries()) {
    const value = `0x${(COIN * BigInt(index + 1)).toString(16)}`;
    const nonce = `0x${(sent + index).toString(16)}`;
    hashes.push(await geth.rpc("eth_sendTransaction", [{ from, to, value, nonce }]));
  }
  await until("the coins", async () => {
    const receipts = await Promise.all(
      hashes.map((hash) => geth.rpc("eth_getTransactionReceipt", [hash]).catch(() => null)),
    );
    return receipts.every((receipt) => receipt !== null);
  });
}

/** Every published balance is what geth itself says of that wallet at that block. */
async function assertTrue(geth: Geth, { accounts, state }: Watching): Promise<void> {
  const [first] = accounts;
  assert.ok(first?.reading !== undefined);
  for (const index of [0, 1, 2, 5, 599, WALLETS - 1]) {
    const { reading, failure } = accounts[index] ?? assert.fail();
    assert.equal(failure, undefined);
    assert.ok(reading !== undefined);
    const address = state.plan.accounts[index]?.holder;
    const balance = await geth.rpc("eth_getBalance", [address, `0x${reading.block?.number.toString(16)}`]);
    assert.equal(reading.amount, BigInt(String(balance)), `wallet ${index}`);
  }
  assert.ok(accounts.every(({ failure }) => failure === undefined));
}

Deno.test("geth: balances are read in one request per poll, and compared once", async () => {
  await using geth = await startGeth();
  if (geth === undefined) return skipCheck("a second real client", "there is no geth; set GETH_BIN");
  const accounts = accountsOf(WALLETS);
  await spend(geth, accounts.slice(0, 3));
  await using server = startFaultServer(geth.url);
  using watching = startWatching([server.url], { accounts, timeout: 5000 });
  for (let cycle = 0; cycle < 3; cycle++) {
    await watching.cycle();
    await assertTrue(geth, watching);
    await spend(geth, accounts.slice(0, 2));
  }
  // Once for the chain id, once for the comparison.
  assert.equal(server.seen.length, 3 + 2);
  assert.equal(watching.state.endpoints[0]?.strategy, "packed");
});

/** Bounds that geth really has, and what is to be learned of them. */
const BOUNDS: readonly (readonly [name: string, args: readonly string[], overrides: boolean, strategy: string])[] = [
  ["the gas of a call", ["--rpc.gascap", "2000000"], true, "packed"],
  ["the items of a batch", ["--rpc.batch-request-limit", "10"], false, "batch"],
  ["one item a batch", ["--rpc.batch-request-limit", "1"], false, "single"],
  ["the bytes of a batch's answer", ["--rpc.batch-response-max-size", "1000"], false, "batch"],
];

for (const [name, args, overrides, strategy] of BOUNDS) {
  Deno.test(`geth: its own bound of ${name} is learned once`, async () => {
    await using geth = await startGeth(args);
    if (geth === undefined) return skipCheck("a second real client", "there is no geth; set GETH_BIN");
    const accounts = accountsOf(WALLETS);
    await spend(geth, accounts.slice(0, 3));
    await using server = startFaultServer(geth.url);
    server.overrides = overrides;
    using watching = startWatching([server.url], { accounts, timeout: 5000 });
    await watching.cycle();
    await assertTrue(geth, watching);
    assert.equal(watching.state.endpoints[0]?.strategy, strategy);
    const first = server.seen.length;
    server.seen.length = 0;
    watching.reasons();
    await watching.cycle();
    await assertTrue(geth, watching);
    assert.deepEqual([...watching.reasons()], [], "what was learned was forgotten");
    assert.ok(server.seen.length <= first);
  });
}

Deno.test("geth: a batch or a call past its time or body limit gives no wrong balance", async () => {
  await using geth = await startGeth(["--rpc.evmtimeout", "1ms"]);
  if (geth === undefined) return skipCheck("a second real client", "there is no geth; set GETH_BIN");
  const accounts = accountsOf(WALLETS);
  await spend(geth, accounts.slice(0, 3));
  using watching = startWatching([`${geth.url}/`], { accounts, timeout: 5000 });
  await watching.cycle();
  await assertTrue(geth, watching);
});
