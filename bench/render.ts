import { gzipSync } from "node:zlib";
import { Gauge, Registry } from "prom-client";
import type { PollResult } from "../src/model/source.ts";
import { systemClock } from "../src/util/clock.ts";
import { readV1 } from "../src/config/v1/read_v1.ts";
import { renderPage } from "../src/metrics/pages/render_page.ts";
import { GZIP } from "../src/metrics/pages/gzip.ts";
import { concat, PLAIN } from "../src/metrics/pages/piece.ts";
import { createSnapshotter } from "../src/metrics/model/snapshot.ts";
import { COIN_FAMILIES } from "../src/metrics/families/wallet_families.ts";
import { makePlan } from "../src/plan/make_plan.ts";
import { createStateStore, type StateStore } from "../src/poller/state.ts";
import { recordPoll } from "../src/poller/record_poll.ts";
import { status } from "../tests/fakes/page_text.ts";
import { manyWallets } from "./many_wallets.ts";
import { ms, quantile, type Row } from "./table.ts";

const ROUNDS = 11;
const IDENTITY = { release: "bench", namespace: "bench" };

/** Renders 50,000 series with this project's writer and with prom-client, in one run. */
export async function benchRender(): Promise<readonly Row[]> {
  const store = filledStore();
  const snapshot = createSnapshotter({ store, clock: systemClock, identity: IDENTITY, status, staleAfter: () => 0 });
  const options = { registry: new Registry(), clock: systemClock };
  const ours: number[] = [];
  const theirs: number[] = [];
  const zipped: number[] = [];
  const holds: number[] = [];
  let bytes = new Uint8Array();
  const registry = promClientRegistry(store);
  for (let round = 0; round < ROUNDS; round++) {
    const hold = watchLoop();
    const started = performance.now();
    const page = await renderPage(snapshot(), "text", options, PLAIN);
    ours.push(performance.now() - started);
    bytes = concat(PLAIN.bodyOf(page.pieces));
    const zipStarted = performance.now();
    await renderPage(snapshot(), "text", options, GZIP);
    zipped.push(performance.now() - zipStarted);
    holds.push(hold());
    const theirStart = performance.now();
    await registry.metrics();
    theirs.push(performance.now() - theirStart);
  }
  const series =
    new TextDecoder().decode(bytes).split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;
  const [our, their] = [quantile(ours, 0.5), quantile(theirs, 0.5)];
  return [
    { what: `render ${series} series, median of ${ROUNDS}`, value: ms(our), against: "≤ 25 ms" },
    { what: "the same by prom-client", value: ms(their), against: "baseline of this run" },
    { what: "ratio", value: `${(their / our).toFixed(1)} ×`, against: "≥ 7 ×" },
    { what: "render and compress them", value: ms(quantile(zipped, 0.5)), against: "off the scrape path" },
    { what: "compressed bytes a series", value: (gzipSync(bytes).length / series).toFixed(1), against: "≤ 45" },
    { what: "longest hold of the loop, median of the rounds", value: ms(quantile(holds, 0.5)), against: "≤ 10 ms" },
  ];
}

function filledStore(): StateStore {
  const config = readV1(JSON.stringify({ "http://eth-mainnet.example": manyWallets() }), "bench");
  const store = createStateStore(makePlan(config), systemClock);
  const [network] = store.networks;
  if (network === undefined) throw new Error("No network was planned");
  const block = { number: 20_000_000n, time: 1_700_000_000 };
  const result: PollResult = {
    chainId: 1,
    block,
    outcomes: new Map(
      network.plan.accounts.map((account, index) => [
        account,
        { amount: BigInt(index + 1) * 1_234_567_890_123_456_789n, block },
      ]),
    ),
    decimals: new Map(),
    mismatched: new Set(),
    late: undefined,
    endpoint: undefined,
    endpoints: [],
    disagreements: 0,
    failure: undefined,
  };
  recordPoll(store, network, result, systemClock, systemClock.now());
  return store;
}

/** The same families and labels as gauges of prom-client. */
function promClientRegistry(store: StateStore): Registry {
  const registry = new Registry();
  registry.setDefaultLabels(IDENTITY);
  const labelNames = ["address", "label", "network"];
  const families = COIN_FAMILIES.map(({ name, help }) => new Gauge({ name, help, labelNames, registers: [registry] }));
  for (const { plan, accounts } of store.networks) {
    for (const { account, address, label } of plan.wallets) {
      const value = Number(accounts.get(account)?.reading?.amount ?? 0n);
      for (const family of families) family.set({ address, label, network: plan.networkLabel }, value);
    }
  }
  return registry;
}

/** Notes the longest time between two turns of the event loop. */
function watchLoop(): () => number {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 0);
  return () => {
    clearInterval(timer);
    return longest;
  };
}
