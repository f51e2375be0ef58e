import assert from "node:assert/strict";
import { createLinks } from "../../src/page/links.ts";
import { walletPage, walletsAt } from "../../src/page/wallet_page.ts";
import { createStatusReader } from "../../src/status/status.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { addressOf, COIN, networkAt, planOfV2, watched } from "../fakes/watched.ts";

const USDC = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";
const CONFIG = `version: 2
networks:
  - name: main
    chainId: 1
    endpoints: ["http://node.example"]
    tokens: [{ symbol: USDC, address: "${USDC}", wallets: all }]
    wallets: [{ address: "${addressOf(1)}", label: hot }]
`;

Deno.test("walletPage() shows no amount of a token whose decimals are not known", async () => {
  const clock = createFakeClock();
  const all = watched(await planOfV2(CONFIG), { clock });
  const read = createStatusReader({ store: all.store, clock, self: all.self, interval: () => 60_000 });
  const page = async (): Promise<string> => {
    const status = await read();
    const wallets = walletsAt(status, "main", addressOf(1));
    const text = walletPage({ status, wallets, common: [], isPaused: false, links: createLinks(), clock });
    return text.slice(text.indexOf("<body")).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
  };
  all.record(0, [COIN, 5_000_000n]);
  await clock.advance(60_000);
  all.record(0, [COIN, 4_000_000n]);
  const token = (text: string): string => text.slice(text.indexOf(`USDC ${USDC}`));
  assert.match(
    token(await page()),
    /Balance unknown .*Change in 1 h unknown .*Spent since start unknown Received since start unknown/,
  );
  assert.doesNotMatch(token(await page()), /[45],000,000/);
  networkAt(all.store, 0).decimals = new Map([[USDC, 6]]);
  all.record(0, [COIN, 4_000_000n]);
  assert.match(token(await page()), /Balance 4 USDC .*Spent since start 1 USDC/);
});
