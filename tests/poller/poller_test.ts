import assert from "node:assert/strict";
import type { Meter } from "../../src/jsonrpc/endpoint.ts";
import { startPoller } from "../../src/poller/poller.ts";
import { createFakeClock, settle } from "../fakes/fake_clock.ts";
import { openLocalSource } from "../fakes/local_source.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { addressOf, networkAt, planOf, statesOf, watched } from "../fakes/watched.ts";

const meter: Meter = { recordRequest: () => {}, recordError: () => {} };
const interval = 60_000;

Deno.test("startPoller() polls all networks, none waiting for another, each with a phase of its own", async () => {
  const clock = createFakeClock();
  const { store } = watched({
    "https://a.example/": [{ address: addressOf(1), label: "one" }],
    "https://b.example/": [{ address: addressOf(1), label: "one" }],
  }, { clock });
  using node = openLocalSource(networkAt(store, 0).plan, { clock });
  const randoms = [0, 0.5];
  const stop = new AbortController();
  const metered: string[] = [];
  const { ended } = startPoller(store, {
    clock,
    interval,
    timeout: 1000,
    meterOf(network, endpoint) {
      metered.push(`${network.id} ${endpoint}`);
      return meter;
    },
    stop: stop.signal,
    random: () => randoms.shift() ?? 0,
  });
  await settle();
  assert.deepEqual(store.networks.map((state) => statesOf(state)[0]?.reading?.amount), [1n, 1n]);
  assert.deepEqual(metered, ["a a.example", "b b.example"]);
  const first = node.arrivals.length;
  await clock.advance(interval);
  const one = node.arrivals.length - first;
  assert.ok(one > 0);
  await clock.advance(2500);
  assert.equal(node.arrivals.length, first + 2 * one);
  stop.abort();
  await ended;
  assert.equal(clock.sleepers, 0);
});

Deno.test("startPoller() keeps a network ticking that no URL can answer", async () => {
  const clock = createFakeClock();
  const { store } = watched({ "ftp://a.example/": [{ address: addressOf(1), label: "one" }] }, { clock });
  const stop = new AbortController();
  const { ended } = startPoller(store, {
    clock,
    interval,
    timeout: 1000,
    meterOf: () => meter,
    stop: stop.signal,
    random: () => 0,
  });
  await clock.advance(interval);
  assert.equal(networkAt(store, 0).lastFinished, 1_700_000_060);
  stop.abort();
  await ended;
});

Deno.test("startPoller() logs the first poll of a network once, whatever is reloaded", async () => {
  const clock = createFakeClock();
  const url = "https://a.example/";
  const one = { address: addressOf(1), label: "one" };
  const two = { address: addressOf(2), label: "two" };
  const { store } = watched({ [url]: [one] }, { clock });
  using _node = openLocalSource(networkAt(store, 0).plan, { clock });
  using log = catchLog();
  const stop = new AbortController();
  const { ended, apply } = startPoller(store, {
    clock,
    interval,
    timeout: 1000,
    meterOf: () => meter,
    stop: stop.signal,
    random: () => 0,
  });
  const firstPolls = (): readonly unknown[] =>
    log.lines.flatMap(({ msg, network }) => msg === "First poll succeeded" ? [network] : []);
  await settle();
  assert.deepEqual(firstPolls(), ["a"]);
  await apply(planOf({ [url]: [one, two], "https://b.example/": [one] }), interval);
  await settle();
  assert.deepEqual(statesOf(networkAt(store, 0)).map(({ reading }) => reading?.amount), [1n, 1n]);
  assert.deepEqual(firstPolls(), ["a", "b"]);
  await clock.advance(interval);
  await apply(planOf({ [url]: [two], "https://b.example/": [one] }), interval);
  await settle();
  assert.deepEqual(firstPolls(), ["a", "b"]);
  stop.abort();
  await ended;
});
