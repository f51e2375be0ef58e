import type { Format } from "../../src/metrics/encoders/encoders.ts";
import { createPageStore } from "../../src/metrics/pages/page_store.ts";
import { concat } from "../../src/metrics/pages/piece.ts";
import { RpcError } from "../../src/jsonrpc/errors.ts";
import { recordPoll } from "../../src/poller/record_poll.ts";
import { createFakeClock } from "./fake_clock.ts";
import { addressOf, COIN, type Entries, networkAt, pollOf, type Watched, watched } from "./watched.ts";

const entries: Entries = {
  "https://eth-mainnet.example/v2/key": [
    { address: addressOf(1), label: "batcher", min_balance_eth: 1 },
    { address: addressOf(1), label: "batcher", min_balance_eth: "2.50" },
    { address: addressOf(2), label: 'say "hi" \\ to\nü 🔥', min_balance_eth: 0.00001 },
    { address: addressOf(3), label: "no minimum" },
    { address: addressOf(4), label: "invalid minimum", min_balance_eth: true },
    { address: "0xbad", label: "rejected" },
  ],
  "http://localhost:8545": [{ address: addressOf(1), label: "down" }],
  "https://eth-mainnet.other/": [{ address: addressOf(1), label: "batcher", min_balance_eth: 1 }],
  "https://empty.example/": [],
};

/**
 * Writes a page with every case: two polls, one of them failed in part; a network that is down; a name used twice.
 *
 * @param format of the page
 */
export async function samplePage(format: Format): Promise<string> {
  const clock = createFakeClock();
  const all = watched(entries, { clock, staleAfter: 86_400_000 });
  meter(all);
  all.record(0, [5n * COIN, 3n, 123_456_789_012_345_678_901_234_567n, 0n], 19_000_000n);
  await clock.advance(300_000);
  all.record(0, [2n * COIN, 10n ** 16n, "timeout", COIN], 19_000_025n);
  const [down, other] = [networkAt(all.store, 1), networkAt(all.store, 2)];
  const refused = pollOf(
    ["connect"],
    0n,
    new RpcError("connect", "connection refused"),
    down.plan.accounts,
  );
  recordPoll(all.store, down, refused, clock, clock.now() - 1250);
  down.skipped = 2;
  const single = pollOf([7n * COIN], undefined, undefined, other.plan.accounts);
  recordPoll(
    all.store,
    other,
    { ...single, endpoints: single.endpoints.map((report) => ({ ...report, strategy: "single", size: 1 })) },
    clock,
    clock.now(),
  );
  all.record(3, []);
  const pages = createPageStore({ ...all, clock });
  const body = await pages.get({ format, gzip: false, names: [] });
  pages.close();
  return new TextDecoder("utf-8", { fatal: true }).decode(concat(body));
}

function meter({ self, store }: Watched): void {
  for (const { plan } of store.networks) {
    for (const { name } of plan.endpoints) {
      const endpoint = self.rpc.meterOf(plan.id, name);
      const calls = new Map([["eth_chainId", 1], ["eth_getBalance", plan.accounts.length]]);
      const reasons = new Set(name.startsWith("localhost") ? ["connect"] as const : []);
      endpoint.recordRequest({ calls, sentBytes: 321, receivedBytes: 654, seconds: 0.03125, reasons });
    }
  }
}
