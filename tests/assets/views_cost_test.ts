import assert from "node:assert/strict";
import { startAnvil } from "../../dev/anvil.ts";
import { costsOf } from "../../src/cli/plan_command.ts";
import { pollCost } from "../../src/evm/strategies/poll_cost.ts";
import { CONTRACTS } from "../fakes/contracts.ts";
import { live } from "../fakes/live.ts";
import { addressOf, planOfV2 } from "../fakes/watched.ts";
import { WAYS } from "../rig/force_way.ts";
import { installMulticall } from "../rig/install_multicall.ts";

const [TOKEN, ITEMS, REGISTRY, FEED] = [101, 102, 103, 104].map(addressOf);

function config(url: string): string {
  const wallets = Array.from(
    { length: 40 },
    (_, index) => `{ address: "${addressOf(1000 + index)}", label: w${index} }`,
  );
  return `
version: 2
prices: { ETH: { feed: "${FEED}", network: local } }
networks:
  - name: local
    endpoints: ["${url}"]
    tokens: [{ preset: erc721, symbol: APES, address: "${TOKEN}" }]
    views:
      - { name: allowance, address: "${TOKEN}", call: "allowance(address,address)", args: [wallet, "${ITEMS}"] }
      - { name: swords, address: "${ITEMS}", call: "balanceOf(address,uint256)", args: [wallet, 5] }
      - { name: subscription, address: "${REGISTRY}", call: "getSubscription(uint256)", args: [1], word: 7 }
    wallets: [${wallets.join(", ")}]
`;
}

for (const way of WAYS) {
  Deno.test(`plan counts what views and prices cost within 2 %: ${way}`, async () => {
    await using anvil = await startAnvil({ chainId: 1, args: ["--number", "20000000"] });
    await installMulticall({ anvil });
    for (const [address, code] of [[TOKEN, CONTRACTS.erc20], [ITEMS, CONTRACTS.erc1155]] as const) {
      await anvil.rpc("anvil_setCode", [address, code]);
    }
    await anvil.rpc("anvil_setCode", [REGISTRY, CONTRACTS.subscriptions]);
    await anvil.rpc("anvil_setCode", [FEED, CONTRACTS.feed]);
    let requests = 0;
    let sent = 0;
    let received = 0;
    await using proxy = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
      const body = await request.text();
      const reply = await fetch(anvil.url, { method: "POST", body, headers: { "content-type": "application/json" } });
      const text = await reply.text();
      requests++;
      sent += body.length;
      received += text.length;
      return new Response(text, { headers: { "content-type": "application/json" } });
    });
    const plan = await planOfV2(config(`http://127.0.0.1:${proxy.addr.port}`));
    using own = live(plan, { way });
    await own.poll();
    // The strategy was compared. The decimals of a feed are read with every price.
    await own.poll();
    [requests, sent, received] = [0, 0, 0];
    const [result] = await own.poll();
    assert.ok([...result?.outcomes ?? []].every(([, outcome]) => typeof outcome === "object"));
    const [network] = plan.networks;
    assert.ok(network !== undefined);
    const decimals = network.prices?.flatMap(({ token: { asset } }) => asset.decimals ?? []) ?? [];
    const planned = pollCost(way, [...network.accounts, ...decimals]);
    assert.equal(requests, planned.requests);
    assert.ok(Math.abs(sent - planned.sentBytes) <= 0.02 * planned.sentBytes, `${sent} of ${planned.sentBytes} sent`);
    const off = Math.abs(received - planned.receivedBytes) / planned.receivedBytes;
    assert.ok(off <= 0.05, `${received} of ${planned.receivedBytes} received`);
    const daily = costsOf(network, 60_000).find(({ strategy }) => strategy === way);
    assert.ok((daily?.cost.requests ?? 0) >= 1440 * planned.requests);
  });
}
