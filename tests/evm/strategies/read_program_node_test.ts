import assert from "node:assert/strict";
import type { Account } from "../../../src/assets/asset.ts";
import { startAnvil } from "../../../dev/anvil.ts";
import { PROVIDERS, unitsOf } from "../../../src/plan/providers.ts";
import { toAccounts } from "../../fakes/accounts.ts";
import { gasOf, startNodeProxy } from "../../fakes/node_proxy.ts";
import { openPool } from "../../fakes/open_pool.ts";
import { skipCheck } from "../../fakes/outside_tool.ts";
import { codeAccount, nonceAccount, pollAccounts, type Polled, valueOfCode } from "../../fakes/programs.ts";
import { type Geth, startGeth } from "../../rig/geth.ts";

const WALLETS = 1000;

/** Addresses that no client knows, the same in every run. */
const HOLDERS = Array.from(
  { length: WALLETS },
  (_, index) => `0x${((index + 1) * 0x9e3779b1).toString(16).padStart(40, "ab")}`,
);

/** The balance, the nonce and the code of each. */
function accountsOf(holders: readonly string[]): readonly Account[] {
  return [...toAccounts(holders), ...holders.map(nonceAccount), ...holders.map(codeAccount)];
}

const DELEGATION = `ef0100${"ca11".repeat(10)}`;

const SMALL_GAS = 16_777_216;
/** Of a request, in milliseconds: other tests may run at the same time. */
const TIMEOUT = 60_000;

function unitsFor({ calls }: Polled): number {
  const alchemy = PROVIDERS.find(({ name }) => name === "Alchemy");
  assert.ok(alchemy !== undefined);
  return unitsOf(alchemy, { calls: new Map(Object.entries(calls)), batches: 0 });
}

/** Nonces of all sizes that RLP writes differently. */
function nonceOf(index: number): bigint {
  return [0n, 1n, 127n, 128n, 255n, 256n, 65_535n, 65_536n, 2n ** 32n][index % 9] ?? 0n;
}

for (const [limit, most, units] of [["any", 2, 80], ["16,777,216", 4, 132]] as const) {
  Deno.test(`balances, nonces and codes of 1,000 wallets take ${most} requests on anvil with ${limit} gas`, async () => {
    await using anvil = await startAnvil();
    await using proxy = startNodeProxy(anvil.url);
    if (most > 2) {
      proxy.change = (item) => {
        if (gasOf(item) <= SMALL_GAS) return item;
        throw new Error(`transaction gas limit too high (cap: ${SMALL_GAS}, tx: ${gasOf(item)})`);
      };
    }
    const accounts = accountsOf(HOLDERS);
    const truth = HOLDERS.map((_, index) => nonceOf(index));
    const codes = HOLDERS.map((_, index) => index % 250 === 7 ? DELEGATION : "");
    for (const [index, code] of codes.entries()) {
      if (code !== "") await anvil.rpc("anvil_setCode", [HOLDERS[index], `0x${code}`]);
    }
    const chain = HOLDERS.map(() => 0n);
    const poll = async (): Promise<Polled> => {
      await Promise.all(truth.map(async (nonce, index) => {
        if (nonce !== chain[index]) await anvil.rpc("anvil_setNonce", [HOLDERS[index], `0x${nonce.toString(16)}`]);
        chain[index] = nonce;
      }));
      await anvil.rpc("evm_mine");
      const polled = await pollAccounts(pool, accounts);
      assert.deepEqual(polled.amounts, [...HOLDERS.map(() => 0n), ...truth, ...codes.map(valueOfCode)]);
      return polled;
    };
    using pool = openPool([proxy.url], { accounts: HOLDERS, timeout: TIMEOUT });
    await poll();
    for (const sent of [0n, 1n, 20n, 3000n]) {
      for (let index = 0; index < WALLETS; index += sent === 3000n ? 300 : 3) {
        truth[index] = (truth[index] ?? 0n) + sent;
      }
      const polled = await poll();
      assert.equal(polled.requests, most);
      assert.deepEqual(polled.calls, { eth_call: most });
      assert.ok(unitsFor(polled) <= units);
    }
  });
}

/** Lets the developer account of geth send transactions. */
async function send(geth: Geth, to: readonly string[]): Promise<string> {
  const [from] = await geth.rpc("eth_accounts") as readonly string[];
  assert.ok(from !== undefined);
  for (const address of to) {
    const hash = await geth.rpc("eth_sendTransaction", [{ from, to: address, value: "0x1" }]);
    for (let tries = 0; tries < 1000; tries++) {
      if (await geth.rpc("eth_getTransactionReceipt", [hash]).catch(() => null) !== null) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return from;
}

/** Geth uses less gas than asked for without a word; since Amsterdam `CREATE` costs 9,000 gas and not 32,000. */
for (const [args, most, units] of [[[], 2, 80], [["--rpc.gascap", "6000000"], 4, 132]] as const) {
  Deno.test(`balances, nonces and codes of 1,000 wallets take ${most} requests on geth ${args.join(" ")}`, async () => {
    await using geth = await startGeth(args);
    if (geth === undefined) return skipCheck("a second real client", "there is no geth; set GETH_BIN");
    const sender = await send(geth, HOLDERS.slice(0, 2));
    const holders = [sender, ...HOLDERS.slice(1)];
    const accounts = accountsOf(holders);
    using pool = openPool([geth.url], { accounts: holders, timeout: TIMEOUT });
    for (let sent = 2n; sent < 5n; sent++) {
      const polled = await pollAccounts(pool, accounts);
      assert.deepEqual(polled.amounts.slice(1, WALLETS), holders.slice(1).map((_, index) => index === 0 ? 1n : 0n));
      assert.deepEqual(polled.amounts.slice(WALLETS), [
        ...holders.map((_, index) => index === 0 ? sent : 0n),
        ...holders.map(() => 0n),
      ]);
      if (sent > 2n) {
        assert.equal(polled.requests, most);
        assert.deepEqual(polled.calls, { eth_call: most });
        assert.ok(unitsFor(polled) <= units);
      }
      await send(geth, ["0x000000000000000000000000000000000000dead"]);
    }
  });
}
