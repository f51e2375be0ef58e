import assert from "node:assert/strict";
import * as v from "valibot";
import { onceCsv, onceJson, onceTable } from "../../src/cli/once_output.ts";
import { onceRows } from "../../src/cli/once_rows.ts";
import { createLinks } from "../../src/page/links.ts";
import { overview } from "../../src/page/overview.ts";
import { parseQuery } from "../../src/page/query.ts";
import { walletPage, walletsAt } from "../../src/page/wallet_page.ts";
import { pricesOf } from "../../src/poller/prices.ts";
import { createStatusReader } from "../../src/status/status.ts";
import { statusJson } from "../../src/status/status_json.ts";
import { statusSchema } from "../../src/status/status_schema.ts";
import { createFakeClock, type FakeClock } from "../fakes/fake_clock.ts";
import { addressOf, COIN, planOfV2, type Watched, watched } from "../fakes/watched.ts";

const CONFIG = (prices: string): string => `
version: 2
${prices}
networks:
  - name: main
    symbol: ETH
    chainId: 1
    endpoints: ["http://main.example/"]
    tokens: [{ preset: erc721, symbol: APES, address: "${addressOf(5)}" }]
    wallets:
      - { address: "${addressOf(1)}", label: rich }
      - { address: "${addressOf(2)}", label: poor }
`;
const PRICES = `prices: { ETH: { feed: "${addressOf(9)}", network: main, maxAge: 2h } }`;
const DECIMALS = [8n, 0n];

async function open(prices: string, own = [5n * COIN / 2n, 3n]): Promise<Watched & { readonly clock: FakeClock }> {
  const clock = createFakeClock();
  const all = watched(await planOfV2(CONFIG(prices)), { clock });
  const [state] = all.store.networks;
  assert.ok(state !== undefined);
  const ofPrices = prices === "" ? [] : [2000_12345678n, BigInt(Math.floor(clock.epoch()))];
  all.record(0, [...own, 4n, 1n, ...ofPrices]);
  state.decimals = new Map(state.plan.tokens.map(({ asset }, index) => [asset.id, Number(DECIMALS[1 - index])]));
  return Object.assign(all, { clock });
}

async function shown(all: Watched & { readonly clock: FakeClock }) {
  const { store, clock, self } = all;
  const status = await createStatusReader({ store, clock, self, interval: () => 60_000 })();
  const page = await overview(status, parseQuery(new URL("http://localhost/")), createLinks(), clock);
  const json = JSON.parse([...statusJson(status)].join(""));
  v.parse(statusSchema, json);
  const wallets = walletsAt(status, "main", addressOf(1));
  const wallet = walletPage({ status, wallets, common: [], isPaused: false, links: createLinks(), clock });
  const rows = onceRows(store, clock);
  const balances: readonly { readonly label: string; readonly balances: readonly Record<string, unknown>[] }[] =
    json.wallets;
  return {
    page,
    wallet,
    rows,
    values: balances.map(({ label, balances }) => [label, ...balances.map((b) => b["valueUsd"])]),
  };
}

const textOf = (html: string): string => html.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

Deno.test("what balances are worth is shown on the page, in the JSON and by once", async () => {
  const all = await open(PRICES);
  const { page, wallet, rows, values } = await shown(all);
  const worth = 5000.30864195;
  assert.deepEqual(values, [["rich", worth, null], ["poor", 6.00037037034e-15, null]]);
  assert.match(textOf(page), /Read Value .*rich.* \$5,000\.31 APES .*poor.* &#60;\$0\.01 /);
  assert.match(textOf(wallet), /Value \$5,000\.31 .*Value unknown /);
  const [head, first] = onceTable(rows).split("\n");
  assert.match(head ?? "", /ASSET +VALUE +MINIMUM/);
  assert.match(first ?? "", /ETH +\$5,000\.31 +-/);
  const [columns, line] = onceCsv(rows).split("\r\n");
  assert.match(columns ?? "", /,block_time,usd$/);
  assert.match(line ?? "", new RegExp(`,${worth}$`));
  assert.equal(JSON.parse(onceJson(rows, 5)).balances[0].usd, worth);
});

Deno.test("a price that is too old is shown nowhere, also without another poll", async () => {
  const all = await open(PRICES);
  const { clock } = all;
  const left = all.snapshot().goodUntil - clock.now();
  assert.ok(left > 7_199_000 && left <= 7_200_000, `${left}`);
  await clock.advance(7_199_000);
  assert.equal(pricesOf(all.store.networks, clock)?.get("ETH")?.usd, 2000.12345678);
  await clock.advance(2000);
  const { page, wallet, rows, values } = await shown(all);
  assert.deepEqual(values, [["rich", null, null], ["poor", null, null]]);
  assert.ok(!`${page}${wallet}`.includes("$"));
  assert.match(textOf(page), /Read Value/, "the column stays");
  assert.ok(!onceTable(rows).includes("VALUE"));
});

Deno.test("without prices nothing has a value, and no column is added", async () => {
  const all = await open("");
  const { page, wallet, rows, values } = await shown(all);
  assert.deepEqual(values, [["rich", undefined, undefined], ["poor", undefined, undefined]]);
  assert.ok(
    !/Value|\$/.test(`${textOf(page.slice(page.indexOf("<body")))}${textOf(wallet.slice(wallet.indexOf("<body")))}`),
  );
  assert.ok(!onceTable(rows).includes("VALUE"));
  assert.ok(onceCsv(rows).split("\r\n")[0]?.endsWith(",block_time"));
  assert.equal(all.snapshot().prices, undefined);
});
