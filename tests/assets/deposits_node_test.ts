import assert from "node:assert/strict";
import { type Anvil, startAnvil } from "../../dev/anvil.ts";
import { TOKEN_PRESETS } from "../../src/assets/token_presets.ts";
import { callData, CONTRACTS } from "../fakes/contracts.ts";
import { live, send } from "../fakes/live.ts";
import { addressOf, COIN, planOfV2 } from "../fakes/watched.ts";

const PAYMASTER = addressOf(77);

function config(url: string, tokens: string): string {
  return `
version: 2
networks:
  - name: local
    endpoints: ["${url}"]
    tokens: [${tokens}]
    wallets:
      - { address: "${PAYMASTER}", label: paymaster, tokens: { EntryPoint07: { minimum: 3 } } }
`;
}

async function startWithEntryPoint(): Promise<Anvil> {
  const anvil = await startAnvil();
  await anvil.rpc("anvil_setCode", [TOKEN_PRESETS["entrypoint-v0.7"].address, CONTRACTS.entryPoint]);
  return anvil;
}

Deno.test("a deposit of an EntryPoint preset is read right at every block, with its levels", async () => {
  await using anvil = await startWithEntryPoint();
  const plan = await planOfV2(config(anvil.url, "{ preset: entrypoint-v0.7, wallets: named }"));
  using own = live(plan);
  const { address } = TOKEN_PRESETS["entrypoint-v0.7"];
  const labels = `address="${PAYMASTER}",label="paymaster",network="local",symbol="EntryPoint07",token="${address}"`;
  let deposit = 0n;
  for (const added of [0n, 1n, COIN, COIN / 2n, 3n * COIN]) {
    if (added > 0n) await send(anvil, address, callData("depositTo(address)", PAYMASTER), added);
    deposit += added;
    await own.poll();
    assert.deepEqual(await own.samples(/^wallet_token_balance$/), [
      `wallet_token_balance{${labels}} ${Number(deposit) / 1e18}`,
    ]);
    assert.deepEqual(await own.samples(/^wallet_token_balance_below_minimum$/), [
      `wallet_token_balance_below_minimum{${labels}} ${deposit < 3n * COIN ? 1 : 0}`,
    ]);
    assert.equal([...own.store.networks[0]?.accounts ?? []][1]?.[1].reading?.amount, deposit);
  }
});

Deno.test("the decimals of a preset without decimals() are never requested, those of others until they are known", async () => {
  await using anvil = await startWithEntryPoint();
  const counts: number[] = [];
  for (const tokens of ["{ preset: entrypoint-v0.7 }", `{ symbol: EntryPoint07, address: "${addressOf(5)}" }`]) {
    const requests: string[] = [];
    await using proxy = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
      const body = await request.text();
      requests.push(body);
      return await fetch(anvil.url, { method: "POST", body, headers: { "content-type": "application/json" } });
    });
    using own = live(await planOfV2(config(`http://127.0.0.1:${proxy.addr.port}`, tokens)));
    await own.poll();
    await own.poll();
    counts.push(requests.filter((body) => body.includes("313ce567")).length);
  }
  assert.equal(counts[0], 0);
  assert.ok((counts[1] ?? 0) >= 2, "asked again, since the contract may not exist yet");
});
