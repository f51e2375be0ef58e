import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { type Reason, RpcError } from "../../src/jsonrpc/errors.ts";
import type { AmountOrReason } from "../../src/evm/strategies/account_values.ts";
import { createLinks } from "../../src/page/links.ts";
import { overview, PER_PAGE } from "../../src/page/overview.ts";
import { parseQuery } from "../../src/page/query.ts";
import { walletPage, walletsAt } from "../../src/page/wallet_page.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { recordPoll } from "../../src/poller/record_poll.ts";
import { createStatusReader, type Status } from "../../src/status/status.ts";
import { VERSION } from "../../src/version.ts";
import { createFakeClock, type FakeClock } from "../fakes/fake_clock.ts";
import fc from "fast-check";
import { nastyText } from "../fakes/nasty_text.ts";
import { addressOf, COIN, type Entries, networkAt, planOfV2, pollOf, type Watched, watched } from "../fakes/watched.ts";

const MINUTE = 60_000;

interface Site extends Watched {
  readonly clock: FakeClock;
  readonly read: () => Promise<Status>;
  /** The page at a search, as text without tags and as it is. */
  page(search?: string): Promise<{ readonly text: string; readonly source: string }>;
}

function site(entries: Entries | Plan): Site {
  const clock = createFakeClock();
  const all = watched(entries, { clock });
  const read = createStatusReader({ store: all.store, clock, self: all.self, interval: () => 5 * MINUTE });
  return {
    ...all,
    clock,
    read,
    async page(search = "") {
      const source = await overview(
        await read(),
        parseQuery(new URL(`http://localhost/${search}`)),
        createLinks(),
        clock,
      );
      const body = source.slice(source.indexOf("<body"));
      return { source, text: body.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ") };
    },
  };
}

function wallets(count: number, minimum?: number): Entries[string] {
  return Array.from({ length: count }, (_, index) => ({
    address: addressOf(index + 1),
    label: `wallet ${index + 1}`,
    min_balance_eth: minimum,
  }));
}

function rowsOf(source: string): number {
  return [...source.slice(source.indexOf('id="wallets"')).matchAll(/<th scope="row">/g)].length;
}

Deno.test("the page says in one sentence that all is fine, or what is not", async () => {
  const all = site({ "http://a.example/": wallets(2, 1), "http://b.example/": wallets(1) });
  assert.match((await all.page()).source, /<h1 class="unknown">The first poll is under way</);
  all.record(0, [2n * COIN, 2n * COIN]);
  all.record(1, [COIN]);
  assert.match((await all.page()).source, /<h1 class="fine">All 3 wallets on 2 networks are fine</);
  all.record(0, [COIN / 2n, 2n * COIN]);
  assert.match((await all.page()).source, /<h1 class="attention">1 wallet needs attention</);
  all.record(0, [COIN / 8n, COIN / 2n]);
  const network = networkAt(all.store, 1);
  const failed = pollOf(["timeout"], undefined, new RpcError("timeout", ""), network.plan.accounts);
  recordPoll(all.store, network, failed, all.clock, all.clock.now());
  const { source } = await all.page();
  assert.match(source, /<h1 class="critical">2 wallets need attention, 1 network cannot be read</);
  assert.match(source, /<title>\(3\) Wallet balances</);
});

Deno.test("the page has a card per problem, the most urgent first, with its runbook", async () => {
  const all = site({ "http://a.example/": wallets(3, 1) });
  all.record(0, [COIN / 2n, 2n * COIN, COIN / 8n]);
  await all.clock.advance(5 * MINUTE);
  const { text, source } = await all.page();
  assert.match(
    text,
    /Critical wallet 3 on a 0.125 ETH, less than a quarter of the minimum of 1 ETH Known for 5 min ?\. What to do Warning wallet 1 on a 0.5 ETH, below the minimum of 1 ETH Known for 5 min ?\. What to do/,
  );
  assert.match(source, /href="[^"]*\/docs\/runbooks\/WalletBalanceCriticallyLow\.md"/);
});

Deno.test("the page shows each endpoint with its state, its requests a day and why some failed", async () => {
  const all = site({ "http://a.example/": wallets(1) });
  const request = { seconds: 0.1, sentBytes: 1, receivedBytes: 1, calls: new Map() };
  const meter = all.self.rpc.meterOf("a", "node.example");
  for (let minute = 0; minute < 10; minute++) {
    meter.recordRequest({ ...request, reasons: new Set<Reason>(minute === 5 ? ["timeout"] : []) });
    await all.clock.advance(MINUTE);
  }
  all.record(0, [COIN]);
  assert.match(
    (await all.page()).text,
    /node\.example: ok, by batch 1,440 requests a day, failed in the last hour: 1 × timeout/,
  );
});

Deno.test("the page shows a balance above its maximum calmly: a card and a row of their own style, nothing critical", async () => {
  const all = site(
    await planOfV2(`version: 2
networks:
  - name: a
    chainId: 1
    endpoints: ["http://node.example"]
    wallets:
      - { address: "${addressOf(1)}", label: rich, thresholds: { minimum: 1, maximum: 10 } }
      - { address: "${addressOf(2)}", label: fine, thresholds: { maximum: 10 } }
`),
  );
  all.record(0, [12n * COIN, 10n * COIN]);
  const { text, source } = await all.page();
  assert.match(source, /<h1 class="attention">1 wallet needs attention</);
  assert.match(text, /Info rich on a 12 ETH, above the maximum of 10 ETH Known for 0 s ?\. What to do/);
  assert.match(source, /<li class="info">/);
  assert.match(source, /href="[^"]*\/docs\/runbooks\/WalletBalanceAboveMaximum\.md"/);
  assert.match(source, /<tr class="info"><th scope="row"><a href="[^"]*">rich<\/a><span class="level">above maximum</);
  assert.doesNotMatch(source.slice(source.indexOf("<body")), /class="(critical|warning|low)"/);
  // A mark for each threshold, the maximum in the middle.
  assert.match(source, /<path d="M5 0v8M48 0v8"/);
  assert.equal(rowsOf((await all.page("?state=above_maximum")).source), 1);
  assert.equal(rowsOf((await all.page("?state=ok")).source), 1);
  const own = walletPage({
    status: await all.read(),
    wallets: walletsAt(await all.read(), "a", addressOf(1)),
    common: [],
    isPaused: false,
    links: createLinks(),
    clock: all.clock,
  });
  assert.match(own, /<h1 class="attention">rich</);
  assert.match(own, /<dt>State<\/dt><dd>above maximum<\/dd>/);
  assert.match(own, /<dt>maximum<\/dt><dd>10 ETH<\/dd>/);
});

Deno.test("the page shows what a known provider bills, by its host, whatever the endpoint's name", async () => {
  const all = site({ "http://eth-mainnet.g.alchemy.com/": wallets(1) });
  const [network = ""] = all.store.networks.map(({ plan }) => plan.id);
  const endpoint = all.store.networks[0]?.plan.endpoints[0]?.name ?? "";
  const meter = all.self.rpc.meterOf(network, endpoint);
  const calls = new Map([["eth_call", 1]]);
  for (let minute = 0; minute < 10; minute++) {
    meter.recordRequest({ seconds: 0.1, sentBytes: 1, receivedBytes: 1, calls, reasons: new Set() });
    await all.clock.advance(MINUTE);
  }
  all.record(0, [COIN]);
  const state = networkAt(all.store, 0);
  state.endpoints = state.endpoints.map((each) => ({ ...each, name: endpoint }));
  assert.match((await all.page()).text, /1,440 requests a day, 37,440 CU of Alchemy \(4 % of its free plan\)/);
});

Deno.test("the page says what to do where there is nothing to show", async () => {
  const empty = site({});
  assert.match((await empty.page()).text, /No wallets are configured .* The configuration has no wallets\. Add some/);
  const all = site({ "http://a.example/": wallets(1) });
  all.record(0, [COIN]);
  const { text, source } = await all.page("?q=nothing&sort=label");
  assert.match(text, /No wallet matches\. Show all/);
  assert.match(source, /href="\/\?sort=label">Show all/);
});

Deno.test("the page ends with version, uptime, configuration and links", async () => {
  const all = site({ "http://a.example/": wallets(1) });
  all.record(0, [COIN]);
  await all.clock.advance(65 * MINUTE);
  all.self.recordReload({
    source: "/<etc>",
    interval: 300,
    rejectedEntries: 0,
    configLoadedAt: all.clock.epoch() - 90,
  });
  const { text, source } = await all.page();
  assert.match(text, new RegExp(`wallet-balance-exporter ${RegExp.escape(VERSION)} Started 1 h \\d+ min ago`));
  assert.match(text, /Configuration \/&#60;etc&#62; , loaded 1 min 30 s ago \. Metrics , JSON , health , readiness/);
  for (const path of ["/metrics", "/api/v1/status", "/-/healthy", "/-/ready"]) {
    assert.ok(source.includes(`<a href="${path}">`));
  }
});

Deno.test("the page finds wallets by network, state, label and address", async () => {
  const all = site({ "http://a.example/": wallets(3, 1), "http://b.example/": wallets(2) });
  all.record(0, [COIN / 2n, 2n * COIN, 2n * COIN]);
  all.record(1, [COIN, "timeout"]);
  const counts: Readonly<Record<string, number>> = {
    "": 5,
    "?network=a": 3,
    "?state=attention": 2,
    "?state=minimum": 1,
    "?state=unreadable": 1,
    "?state=ok": 3,
    "?q=WALLET%202": 2,
    [`?q=${addressOf(3)}`]: 1,
    "?network=b&state=ok": 1,
    "?state=nonsense": 5,
  };
  for (const [search, count] of Object.entries(counts)) {
    assert.equal(rowsOf((await all.page(search)).source), count, search);
  }
});

Deno.test("a state finds the wallets that are in it, whatever they are in besides", async () => {
  const all = site(
    await planOfV2(`version: 2
networks:
  - name: a
    chainId: 1
    endpoints: [http://node.example]
    tokens: [{ symbol: USDC, address: "${addressOf(9)}", decimals: 0, wallets: named }]
    wallets:
      - { address: "${
      addressOf(1)
    }", label: low, thresholds: { warning: 9, minimum: 4 }, tokens: { USDC: { minimum: 9 } } }
      - { address: "${addressOf(2)}", label: fine }
      - { address: "${addressOf(3)}", label: muted, thresholds: { minimum: 4 }, mute: { until: 9999-01-01, reason: x } }
      - { address: "${addressOf(4)}", label: stolen, code: watch, mute: { until: 9999-01-01, reason: x } }
`),
  );
  const network = networkAt(all.store, 0);
  network.decimals = new Map(network.plan.wallets[0]?.tokens.map(({ token }) => [token.asset.id, 0]));
  const found = async (state: string): Promise<readonly string[]> =>
    [...(await all.page(`?state=${state}`)).source.matchAll(/<th scope="row"><a href="[^"]*0x\w+">(\w+)/g)].map((
      [, label = ""],
    ) => label);
  const outcomes = (coin: AmountOrReason): readonly AmountOrReason[] =>
    network.plan.accounts.map(({ asset: { kind }, holder }) =>
      kind === "code" ? 6n : kind === "erc20" ? 8n : holder === addressOf(1) ? coin : 2n * COIN
    );
  all.record(0, outcomes(COIN / 2n));
  const states: Readonly<Record<string, readonly string[]>> = {
    critical: ["low"],
    minimum: ["low", "muted"],
    warning: ["low"],
    unreadable: [],
    delegated: ["stolen"],
    attention: ["stolen", "low"],
    ok: ["fine"],
    muted: ["stolen", "muted"],
  };
  for (const [state, labels] of Object.entries(states)) assert.deepEqual(await found(state), labels, state);
  all.record(0, outcomes("timeout"));
  assert.deepEqual(await found("unreadable"), ["low"]);
  // By its token.
  assert.deepEqual(await found("minimum"), ["low", "muted"]);
});

Deno.test("the page sorts by urgency, label or time left", async () => {
  const all = site({ "http://a.example/": wallets(3, 1).toReversed() });
  for (let minutes = 0n; minutes <= 30n; minutes += 5n) {
    all.record(0, [10_000n * COIN, 5000n * COIN - minutes * COIN, 9000n * COIN - minutes * COIN / 10n]);
    await all.clock.advance(5 * MINUTE);
  }
  const order = async (search: string): Promise<readonly string[]> =>
    [...(await all.page(search)).source.matchAll(/<th scope="row"><a href="[^"]*">(wallet \d)/g)].map((
      [, label = ""],
    ) => label);
  assert.deepEqual(await order(""), ["wallet 2", "wallet 1", "wallet 3"]);
  assert.deepEqual(await order("?sort=label"), ["wallet 1", "wallet 2", "wallet 3"]);
  assert.deepEqual(await order("?sort=left"), ["wallet 2", "wallet 1", "wallet 3"]);
});

Deno.test("the page has 200 wallets at a time, in 150 kB and 30 kB compressed", async () => {
  const all = site({ "http://polygon-zkevm-cardona.example/": wallets(450, 1) });
  for (let minutes = 0; minutes < 24 * 60; minutes += 15) {
    all.record(
      0,
      Array.from({ length: 450 }, (_, index) => 10n * COIN + BigInt((index * 7919 + minutes * 31) % 1013) * 10n ** 15n),
    );
    await all.clock.advance(15 * MINUTE);
  }
  const { source, text } = await all.page();
  assert.equal(rowsOf(source), PER_PAGE);
  assert.match(text, /Page 1 of 3, 450 wallets Next/);
  assert.ok(source.length <= 150_000, `${source.length} bytes`);
  assert.ok(gzipSync(source).length <= 30_000, `${gzipSync(source).length} bytes compressed`);
  assert.equal(rowsOf((await all.page("?page=3")).source), 50);
  assert.equal(rowsOf((await all.page("?page=99")).source), 50);
});

Deno.test("pages show labels of any kind as text", async () => {
  for (
    const label of [...fc.sample(nastyText(), 30), `<img src=x onerror="alert(1)">`, "\u202egnirts", "x".repeat(10_000)]
  ) {
    const all = site({ "http://a.example/": [{ address: addressOf(1), label, min_balance_eth: 2 }] });
    all.record(0, [COIN]);
    const status = await all.read();
    const own = walletPage({
      status,
      wallets: walletsAt(status, "a", addressOf(1).toUpperCase().replace("X", "x")),
      common: [],
      isPaused: false,
      links: createLinks(),
      clock: all.clock,
    });
    for (const source of [(await all.page()).source, own]) {
      assert.doesNotMatch(source.slice(source.indexOf("<body")), /<(img|script|style)/);
      assert.doesNotMatch(source, /\b(undefined|NaN|\[object)/);
    }
  }
});

Deno.test("a block's time that no calendar has breaks no page", async () => {
  const all = site({ "http://a.example/": wallets(1) });
  all.record(0, [COIN]);
  networkAt(all.store, 0).block = { number: 2n ** 60n, time: Number.MAX_SAFE_INTEGER };
  assert.match((await all.page()).text, /1,152,921,504,606,846,976, 0 s ago/);
});

const TEAMS = `version: 2
networks:
  - name: main
    chainId: 1
    endpoints: ["http://node.example"]
    wallets:
      - { address: "${addressOf(1)}", label: batcher, thresholds: { minimum: 1 }, labels: { team: bridge, tier: "1" } }
      - { address: "${addressOf(2)}", label: proposer, thresholds: { minimum: 1 }, labels: { team: "<core>" } }
      - { address: "${addressOf(3)}", label: nobody's, thresholds: { minimum: 1 } }
  - name: side
    endpoints: ["http://side.example"]
    wallets: [{ address: "${addressOf(4)}", label: relayer, labels: { team: "<core>" } }]
`;

Deno.test("labels narrow the whole page to their wallets: verdict, cards, networks and rows", async () => {
  const all = site(await planOfV2(TEAMS));
  all.record(0, [COIN / 2n, COIN / 2n, COIN / 2n]);
  const failed = pollOf(["timeout"], undefined, new RpcError("timeout", ""), networkAt(all.store, 1).plan.accounts);
  recordPoll(all.store, networkAt(all.store, 1), failed, all.clock, all.clock.now());
  assert.match((await all.page()).source, /<h1 class="critical">3 wallets need attention, 1 network cannot be read</);
  const { source, text } = await all.page("?labels.team=bridge");
  assert.match(source, /<h1 class="attention">1 wallet needs attention</);
  assert.match(text, /Only wallets with team: bridge\. Show all/);
  assert.match(source, /<p>Only wallets with team: bridge\. <a href="\/">Show all</);
  assert.doesNotMatch(text, /proposer|nobody|relayer/);
  assert.equal(rowsOf(source), 1);
  assert.match(source, /<option value="bridge" {2}selected>bridge/);
  assert.match(source, /<option value="&#60;core&#62;" >&#60;core&#62;/);
  // Other links keep it.
  assert.match(source, /href="\/\?network=main&#38;labels\.team=bridge"/);
  assert.match(source, /href="\/\?labels\.team=bridge&#38;refresh=0"/);
  const core = await all.page(`?labels.team=${encodeURIComponent("<core>")}`);
  assert.match(core.source, /<h1 class="critical">1 wallet needs attention, 1 network cannot be read</);
  assert.match(core.source, /Only wallets with team: &#60;core&#62;\./);
  assert.equal(rowsOf((await all.page("?labels.team=bridge&labels.tier=1")).source), 1);
});

Deno.test("labels that no wallet has match nothing, and the way back is shown", async () => {
  const all = site(await planOfV2(TEAMS));
  all.record(0, [2n * COIN, 2n * COIN, 2n * COIN]);
  all.record(1, [COIN]);
  for (const search of ["?labels.team=nobody", "?labels.unknown=x", "?labels.team=bridge&labels.tier=2"]) {
    const { source } = await all.page(search);
    assert.match(source, /<h1 class="unknown">No wallet has these labels</, search);
    assert.match(source, /<p>No wallet matches\. <a href="\/">Show all</, search);
    assert.equal(rowsOf(source), 0, search);
  }
  assert.match((await all.page("?labels.team=nobody")).source, /<option value="nobody" {2}selected>nobody/);
  assert.match((await all.page("?labels.unknown=x")).source, /<input type="hidden" name="labels\.unknown" value="x">/);
  assert.match((await all.page("?labels.team=bridge")).source, /<h1 class="fine">1 wallet is fine</);
});

Deno.test("the form offers labels with few values, and none where wallets have no labels", async () => {
  const all = site({ "http://a.example/": wallets(2) });
  assert.doesNotMatch((await all.page()).source, /name="labels\./);
  const entries = Array.from({ length: 60 }, (_, index) => {
    const labels = `{ id: "${index}", team: "${index % 2}", b: x, c: x, d: x }`;
    return `      - { address: "${addressOf(index + 1)}", label: w, labels: ${labels} }`;
  });
  const many = site(
    await planOfV2(`version: 2
networks:
  - name: a
    endpoints: ["http://node.example"]
    wallets:
${entries.join("\n")}
`),
  );
  const names = [...(await many.page()).source.matchAll(/<select name="labels\.(\w+)"/g)].map(([, name]) => name);
  assert.deepEqual(names, ["b", "c", "d", "team"]);
});

Deno.test("the page of a wallet leads to the wallets with the same label", async () => {
  const all = site(await planOfV2(TEAMS));
  all.record(0, [COIN, COIN, COIN]);
  const status = await all.read();
  const source = (place: number): string =>
    walletPage({
      status,
      wallets: walletsAt(status, "main", addressOf(place)),
      common: [],
      isPaused: true,
      links: createLinks("/x"),
      clock: all.clock,
    });
  assert.match(
    source(1),
    /<p>team: <a href="\/x\/\?labels\.team=bridge">bridge<\/a>, tier: <a href="\/x\/\?labels\.tier=1">1<\/a><\/p>/,
  );
  assert.match(source(2), /<p>team: <a href="\/x\/\?labels\.team=%3Ccore%3E">&#60;core&#62;<\/a><\/p>/);
  assert.doesNotMatch(source(3), /team:/);
});
