import assert from "node:assert/strict";
import { runTraffic } from "../../dev/traffic.ts";
import { startStack, walletConfig } from "../../dev/stack.ts";
import type { DevNetwork, DevWallet } from "../../dev/wallets.ts";
import { welcome } from "../../dev/messages.ts";
import { until } from "../program/until.ts";

const spender: DevWallet = {
  label: "spender",
  account: 0,
  start: 5,
  minimum: 0.5,
  spend: { coins: 1, everySeconds: 1 },
  story: "spends",
};
const idle: DevWallet = { label: "idle", account: 1, start: 7, story: "sleeps" };

const networks: readonly DevNetwork[] = [
  { chainId: 4001, port: 0, wallets: [spender, idle] },
  { chainId: 4002, port: 0, hasOutages: true, wallets: [idle] },
];

Deno.test("startStack() funds the wallets, and runTraffic() sends payments", async () => {
  const ending = new AbortController();
  await using stack = await startStack(networks, ending.signal);
  const [first, second] = stack.chains;
  assert.ok(first && second);
  const [payer, sleeper] = first.wallets;
  assert.ok(payer && sleeper);

  async function balance(address: string): Promise<bigint> {
    return BigInt(String(await first?.anvil.rpc("eth_getBalance", [address, "latest"])));
  }
  assert.equal(await balance(payer.address), 5n * 10n ** 18n);
  assert.equal(await second.anvil.rpc("eth_chainId"), "0xfa2");

  const traffic = runTraffic(first, ending.signal);
  await until("spending", async () => await balance(payer.address) <= 4_600_000_000_000_000_000n);
  ending.abort();
  await traffic;
  assert.equal(await balance(sleeper.address), 7n * 10n ** 18n);

  const config: unknown = JSON.parse(walletConfig(stack.chains));
  assert.deepEqual(config, {
    [first.url]: [
      { address: payer.address, label: "spender", min_balance_eth: 0.5 },
      { address: sleeper.address, label: "idle" },
    ],
    [second.url]: [{ address: sleeper.address, label: "idle" }],
  });
  assert.match(
    welcome(stack.chains, 8099),
    /^\nThe exporter is running\. Open http:\/\/localhost:8099\/ [^]*localhost:8099\/metrics[^]*3 wallets on 2 local chains[^]*spender {2}spends\n/,
  );
});

Deno.test("startStack() stops all nodes if a chain fails", async () => {
  const wrong: DevNetwork = { chainId: 4003, port: 0, wallets: [{ ...idle, account: 99 }] };
  const starting = startStack([...networks, wrong], new AbortController().signal);
  await assert.rejects(starting, { message: "Anvil has no account 99" });
});

Deno.test("startStack() ends immediately when its signal is aborted", async () => {
  const ending = new AbortController();
  const starting = startStack(networks, ending.signal, () => new Promise(() => {}));
  ending.abort(new Error("enough"));
  await assert.rejects(starting, /enough/);
});
