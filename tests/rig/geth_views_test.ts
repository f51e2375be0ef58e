import assert from "node:assert/strict";
import { systemClock } from "../../src/util/clock.ts";
import { callData, CONTRACTS } from "../fakes/contracts.ts";
import { live } from "../fakes/live.ts";
import { skipCheck } from "../fakes/outside_tool.ts";
import { COIN, planOfV2 } from "../fakes/watched.ts";
import { until } from "../program/until.ts";
import { type Geth, startGeth } from "./geth.ts";

/** Sends a transaction and waits until it is in a block. */
async function transact({ rpc }: Geth, to: string | undefined, data: string, value = 0n): Promise<string> {
  const [from] = await rpc("eth_accounts") as readonly string[];
  const request = { from, to, data, value: `0x${value.toString(16)}`, gas: "0x200000" };
  const hash = await rpc("eth_sendTransaction", [request]);
  const receipt = await until(
    "the transaction",
    async () => await rpc("eth_getTransactionReceipt", [hash]) ?? undefined,
  );
  const { status, contractAddress } = receipt as { readonly status: string; readonly contractAddress: string | null };
  assert.equal(status, "0x1");
  return contractAddress ?? "";
}

/** Deploys a contract: the code that returns its code. */
async function deploy(geth: Geth, code: string): Promise<string> {
  const size = ((code.length - 2) / 2).toString(16).padStart(4, "0");
  return await transact(geth, undefined, `0x61${size}600e60003961${size}6000f3${code.slice(2)}`);
}

Deno.test("geth: views, deposits and prices are read right at every block", async () => {
  await using geth = await startGeth();
  if (geth === undefined) return skipCheck("views on a second real client", "there is no geth; set GETH_BIN");
  const [owner = ""] = await geth.rpc("eth_accounts") as readonly string[];
  const token = await deploy(geth, CONTRACTS.erc20);
  const items = await deploy(geth, CONTRACTS.erc1155);
  const registry = await deploy(geth, CONTRACTS.subscriptions);
  const entryPoint = await deploy(geth, CONTRACTS.entryPoint);
  const feed = await deploy(geth, CONTRACTS.feed);
  await transact(geth, feed, callData("setDecimals(uint8)", 8n));
  using own = live(
    await planOfV2(`
version: 2
prices: { DEV: { feed: "${feed}", network: dev } }
networks:
  - name: dev
    symbol: DEV
    endpoints: ["${geth.url}"]
    tokens: [{ preset: entrypoint-v0.8, address: "${entryPoint}" }]
    views:
      - { name: allowance, address: "${token}", call: "allowance(address,address)", args: [wallet, "${items}"] }
      - { name: swords, address: "${items}", call: "balanceOf(address,uint256)", args: [wallet, 5] }
      - { name: subscription, address: "${registry}", call: "getSubscription(uint256)", args: [9], word: 0, decimals: 18 }
    wallets: [{ address: "${owner}", label: a }]
`),
  );
  for (let round = 1n; round <= 3n; round++) {
    await transact(geth, token, callData("approve(address,uint256)", items, round));
    await transact(geth, items, callData("mint(address,uint256,uint256)", owner, 5n, 2n * round));
    await transact(geth, registry, callData("fund(uint256)", 9n), COIN);
    await transact(geth, entryPoint, callData("depositTo(address)", owner), COIN / 2n);
    const now = BigInt(Math.floor(systemClock.epoch()));
    await transact(geth, feed, callData("transmit(int256,uint256)", round * 10n ** 8n, now));
    await own.poll();
    const values = (await own.samples(/^wallet_token_balance$/)).map((
      line,
    ) => [/symbol="([^"]*)"/.exec(line)?.[1], Number(line.split(" ").at(-1))]);
    assert.deepEqual(Object.fromEntries(values), {
      EntryPoint08: Number(round) / 2,
      allowance: Number(round),
      swords: Number(2n * round),
      subscription: Number(round),
    });
    assert.match(String(await own.samples(/price_usd$/)), new RegExp(`symbol="DEV"} ${round}$`));
    assert.equal(own.store.networks[0]?.endpoints[0]?.strategy, "packed");
  }
});
