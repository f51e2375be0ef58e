import assert from "node:assert/strict";
import { costsOf } from "../../src/cli/plan_command.ts";
import { readConfig } from "../../src/config/read_config.ts";
import type { RequestRecord } from "../../src/jsonrpc/endpoint.ts";
import type { Strategy } from "../../src/model/source.ts";
import { makePlan } from "../../src/plan/make_plan.ts";
import { PROVIDERS, unitsOf } from "../../src/plan/providers.ts";
import { pollAndRecord } from "../../src/poller/poll_network.ts";
import { createStateStore } from "../../src/poller/state.ts";
import { openSource } from "../../src/sources.ts";
import { createRunningClock } from "../fakes/fake_clock.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { accountsOf } from "../fakes/open_pool.ts";
import { startFaultServer } from "./fault_server.ts";
import { startWorld } from "./rig.ts";
import { installTokens, TOKENS } from "./token_contracts.ts";

const DAY_MS = 86_400_000;
const INTERVAL_MS = 300_000;

/** Too short for 60 calls in every poll: they are sent in every second. */
const SHORT_INTERVAL_MS = 120_000;
const WALLETS = 60;

/** The first addresses are those of precompiled contracts. */
const ADDRESSES = accountsOf(WALLETS).map((address) => address.replace("0x0", "0xa"));

/** What is sent before a day is like the next: sizes and strategies are found, and values read for the first time. */
const FIRST_POLLS = 5;

interface Case {
  readonly name: string;
  /** Keys of the network. */
  readonly keys?: object;
  /** Keys of the whole configuration. */
  readonly top?: object;
  /** Keys of each wallet. */
  readonly wallet?: object;
  /** @default {INTERVAL_MS} */
  readonly interval?: number;
}

const CASES: readonly Case[] = [
  { name: "nothing of it" },
  { name: "transactions", keys: { transactions: true } },
  { name: "transactions of silent wallets", wallet: { expect: "1h" } },
  { name: "the code watch", keys: { code: "watch" } },
  {
    name: "tokens and views",
    keys: {
      tokens: [{ symbol: "GOOD", address: TOKENS.good, decimals: 6 }],
      views: [
        { name: "of-wallets", address: TOKENS.good, call: "balanceOf(address)", args: ["wallet"], decimals: 6 },
        { name: "of-itself", address: TOKENS.other, call: "balanceOf(address)", args: [TOKENS.good], decimals: 18 },
        { name: "two", address: TOKENS.other, call: "f(address,uint256)", args: ["wallet", "7"], decimals: 0 },
      ],
    },
  },
  {
    name: "prices",
    keys: { symbol: "ETH" },
    top: { prices: { ETH: { feed: TOKENS.good, network: "n" }, LINK: { feed: TOKENS.other, network: "n" } } },
  },
  { name: "transactions and the code watch", keys: { transactions: true, code: "watch" } },
  { name: "transactions and short intervals", keys: { transactions: true }, interval: SHORT_INTERVAL_MS },
];

interface Day {
  readonly requests: number;
  readonly calls: ReadonlyMap<string, number>;
  readonly batches: number;
  readonly bytes: number;
}

function totalOf(records: readonly RequestRecord[]): Day {
  const calls = new Map<string, number>();
  for (const record of records) {
    for (const [method, count] of record.calls) calls.set(method, (calls.get(method) ?? 0) + count);
  }
  const count = (record: RequestRecord): number => [...record.calls.values()].reduce((sum, each) => sum + each, 0);
  return {
    requests: records.length,
    calls,
    batches: records.filter((record) => count(record) > 1).length,
    bytes: records.reduce((sum, { sentBytes, receivedBytes }) => sum + sentBytes + receivedBytes, 0),
  };
}

function assertNear(measured: number, planned: number, share: number, what: string): void {
  const off = Math.abs(measured - planned) / planned;
  assert.ok(off <= share, `${what}: ${planned} planned, ${measured} measured, ${(100 * off).toFixed(1)} % off`);
}

for (const strategy of ["packed", "batch"] as const satisfies readonly Strategy[]) {
  for (const { name, keys = {}, wallet = {}, top = {}, interval = INTERVAL_MS } of CASES) {
    Deno.test(`what plan prints of a day with ${name}, by ${strategy}, is what is then sent`, async () => {
      using _log = catchLog();
      await using world = await startWorld({ wallets: 0, firstBlock: 20_000_000 });
      await Promise.all(ADDRESSES.map(async (address) => {
        await world.anvil.setBalance(address, 10n ** 18n);
        await world.anvil.rpc("anvil_setNonce", [address, "0x64"]);
      }));
      await installTokens(world.anvil);
      await using server = startFaultServer(world.anvil.url);
      server.overrides = strategy === "packed";
      const wallets = ADDRESSES.map((address, index) => ({ address, label: `w${index}`, ...wallet }));
      const networks = [{ name: "n", chainId: 31337, endpoints: [server.url], wallets, ...keys }];
      const text = JSON.stringify({ version: 2, ...top, networks });
      const plan = makePlan(await readConfig(text, "test", { env: () => undefined, file: undefined }));
      const [network] = plan.networks;
      assert.ok(network !== undefined);
      using clock = createRunningClock();
      const store = createStateStore(plan, clock);
      const [state] = store.networks;
      assert.ok(state !== undefined);
      const records: RequestRecord[] = [];
      const meterOf = () => ({ recordRequest: (record: RequestRecord) => records.push(record), recordError: () => {} });
      using source = openSource(network, { clock, interval, meterOf });
      const polled = { store, state, source, clock, timeout: 10_000, stop: new AbortController().signal };
      const poll = async (): Promise<void> => {
        clock.skip(interval);
        await world.anvil.rpc("evm_increaseTime", [interval / 1000]);
        await world.anvil.rpc("evm_mine");
        await pollAndRecord(polled, 0.9 * interval, () => {});
      };
      for (let first = 0; first < FIRST_POLLS; first++) await poll();
      records.length = 0;
      for (let polls = 0; polls < DAY_MS / interval; polls++) await poll();
      const measured = totalOf(records);
      const planned = costsOf(network, interval).find((cost) => cost.strategy === strategy)?.cost;
      assert.ok(planned !== undefined);
      for (const account of network.accounts) {
        assert.ok(state.accounts.get(account)?.reading !== undefined, account.key);
      }
      assertNear(measured.requests, planned.requests, 0.02, "requests");
      for (const method of new Set([...measured.calls.keys(), ...planned.calls.keys()])) {
        const [sent = 0, expected = 0] = [measured.calls.get(method), planned.calls.get(method)];
        // Once or twice a day is no cost.
        if (Math.abs(sent - expected) > WALLETS) assertNear(sent, expected, 0.02, method);
      }
      assertNear(measured.bytes, planned.sentBytes + planned.receivedBytes, 0.05, "bytes");
      for (const provider of PROVIDERS) {
        assertNear(unitsOf(provider, measured), unitsOf(provider, planned), 0.02, provider.name);
      }
    });
  }
}
