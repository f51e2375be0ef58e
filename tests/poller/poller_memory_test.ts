import assert from "node:assert/strict";
import { createPageStore } from "../../src/metrics/pages/page_store.ts";
import type { Plan } from "../../src/plan/plan.ts";
import type { Meter } from "../../src/jsonrpc/endpoint.ts";
import { startPoller } from "../../src/poller/poller.ts";
import { collectGarbage } from "../fakes/collect_garbage.ts";
import { createFakeClock, settle } from "../fakes/fake_clock.ts";
import { openLocalSource } from "../fakes/local_source.ts";
import { addressOf, type Entries, networkAt, planOf, watched } from "../fakes/watched.ts";

const meter: Meter = { recordRequest: () => {}, recordError: () => {} };
const interval = 60_000;

function entries(label: string, ...hosts: readonly string[]): Entries {
  return Object.fromEntries(hosts.map((host) => [`https://${host}/`, [{ address: addressOf(1), label }]]));
}

/** What each of several reloads made, once nothing uses it any more but what is under test. */
async function applyAll(plans: readonly (() => Plan)[]): Promise<readonly (readonly WeakRef<object>[])[]> {
  const clock = createFakeClock();
  const { store, self, snapshot } = watched(entries("first", "a.example"), { clock });
  using _node = openLocalSource(networkAt(store, 0).plan, { clock });
  const pages = createPageStore({ store, clock, self, snapshot });
  const stop = new AbortController();
  const options = { clock, interval, timeout: 1000, stop: stop.signal, random: () => 0 };
  const poller = startPoller(store, {
    ...options,
    meterOf: (network, name) => self.rpc.meterOf(network.id, name) ?? meter,
  });
  const refs: (readonly WeakRef<object>[])[] = [];
  const scrape = async (): Promise<void> => {
    await settle();
    for (const gzip of [true, false]) await pages.get({ format: "text", gzip, names: [] });
    await clock.advance(interval);
  };
  await scrape();
  for (const make of plans) {
    await poller.apply(make(), interval, () => {
      const made = store.networks.flatMap((
        state,
      ) => [state, state.plan, ...state.plan.accounts, ...state.plan.wallets]);
      refs.push(made.map((each) => new WeakRef(each)));
    });
    await scrape();
  }
  collectGarbage();
  const held = refs.map((each) => each.filter((ref) => ref.deref() !== undefined));
  stop.abort();
  await poller.ended;
  pages.close();
  return held;
}

const sameEndpoint = (label: string) => () => planOf(entries(label, "a.example"));

Deno.test("a reload frees the plan and the state before it, though its endpoints stay open", async () => {
  const held = await applyAll(["b", "c", "d", "e"].map(sameEndpoint));
  assert.deepEqual(held.map((each) => each.length), [0, 0, 0, 4]);
});

Deno.test("a reload frees the plan before it when endpoints and networks come and go", async () => {
  const plan = (...hosts: readonly string[]) => () => planOf(entries("label", ...hosts));
  const held = await applyAll([
    plan("a.example", "b.example"),
    plan("b.example"),
    plan(),
    plan("a.example"),
    plan("b.example", "a.example"),
    plan(),
  ]);
  assert.deepEqual(held.map((each) => each.length), [0, 0, 0, 0, 0, 0]);
});
