import assert from "node:assert/strict";
import type { Outcome, PollResult } from "../../src/model/source.ts";
import type { Meter } from "../../src/jsonrpc/endpoint.ts";
import type { NetworkState } from "../../src/poller/state.ts";
import { createChangeLog } from "../../src/poller/change_log.ts";
import { pollNetwork } from "../../src/poller/poll_network.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { createFakeClock, type FakeClock, settle } from "../fakes/fake_clock.ts";
import { type LocalSource, openLocalSource } from "../fakes/local_source.ts";
import { addressOf, networkAt, statesOf, type Watched, watched } from "../fakes/watched.ts";

const interval = 60_000;

interface Polling extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly node: LocalSource;
  readonly all: Watched;
  readonly state: NetworkState;
  /** When each poll ended, on the monotonic clock counted from the first, and what it gave. */
  readonly polls: readonly { readonly at: number; readonly outcomes: readonly Outcome[] }[];
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

function poll(options: { readonly phase?: number; readonly meter?: Meter } = {}): Polling {
  const clock = createFakeClock();
  const all = watched({ "https://a.example/": [{ address: addressOf(1), label: "one" }] }, { clock });
  const state = networkAt(all.store, 0);
  const { meter } = options;
  const node = openLocalSource(state.plan, meter === undefined ? { clock } : { clock, meter });
  const stop = new AbortController();
  const polls: { at: number; outcomes: readonly Outcome[] }[] = [];
  const log = createChangeLog("a");
  const begun = clock.now();
  const onPolled = (poll: PollResult): void => {
    polls.push({ at: clock.now() - begun, outcomes: [...poll.outcomes.values()] });
    log(poll, clock.now());
  };
  const polled = { store: all.store, state, source: node.source, clock, timeout: 10_000, stop: stop.signal };
  const ended = pollNetwork(polled, interval, options.phase ?? 0, onPolled);
  return {
    clock,
    node,
    all,
    state,
    polls,
    stop,
    ended,
    async [Symbol.asyncDispose](): Promise<void> {
      stop.abort();
      node.release();
      await ended;
      node[Symbol.dispose]();
      assert.equal(clock.sleepers, 0, "somebody still sleeps");
    },
  };
}

function ends({ polls }: Polling): readonly number[] {
  return polls.map(({ at }) => at);
}

Deno.test("pollNetwork() polls at once, and then once per interval", async () => {
  await using polling = poll();
  await settle();
  assert.deepEqual(ends(polling), [0]);
  assert.equal(statesOf(polling.state)[0]?.reading?.amount, 1n);
  assert.equal(polling.state.endpoints[0]?.size, 100);
  polling.node.balance = 2n;
  await polling.clock.advance(interval - 1);
  assert.deepEqual(ends(polling), [0]);
  await polling.clock.advance(1);
  assert.deepEqual(ends(polling), [0, interval]);
  assert.equal(statesOf(polling.state)[0]?.reading?.amount, 2n);
  await polling.clock.advance(3 * interval);
  assert.deepEqual(ends(polling), [0, 1, 2, 3, 4].map((poll) => poll * interval));
  assert.equal(polling.state.skipped, 0);
});

Deno.test("pollNetwork() shifts all polls but the first by the phase", async () => {
  await using polling = poll({ phase: 5000 });
  await polling.clock.advance(3 * interval + 5000);
  assert.deepEqual(ends(polling), [0, interval + 5000, 2 * interval + 5000, 3 * interval + 5000]);
  assert.equal(polling.state.skipped, 0);
});

Deno.test("pollNetwork() ends a poll that hangs before the next is due", async () => {
  await using polling = poll();
  await settle();
  polling.node.mode = "hang";
  await polling.clock.advance(2 * interval - 1);
  const [, hung] = polling.polls;
  assert.deepEqual(hung?.outcomes, ["timeout"]);
  assert.ok((hung?.at ?? NaN) <= 1.9 * interval);
  assert.equal(statesOf(polling.state)[0]?.reading?.amount, 1n);
  polling.node.mode = "answer";
  await polling.clock.advance(1);
  assert.equal(typeof polling.polls[2]?.outcomes[0], "object");
  assert.equal(polling.state.skipped, 0);
});

Deno.test("pollNetwork() never overlaps itself, and counts the intervals that a long poll skipped", async () => {
  await using polling = poll();
  await settle();
  polling.node.mode = "hold";
  await polling.clock.advance(4.5 * interval);
  assert.deepEqual(ends(polling), [0]);
  assert.equal(polling.node.most, 1);
  polling.node.release();
  await polling.clock.advance(0);
  assert.equal(ends(polling)[1], 4.5 * interval);
  assert.equal(polling.state.skipped, 3);
  await polling.clock.advance(0.5 * interval);
  assert.deepEqual(ends(polling), [0, 4.5 * interval, 5 * interval]);
  assert.equal(polling.state.skipped, 3);
});

Deno.test("pollNetwork() makes no burst on a machine that slept ten minutes", async () => {
  await using polling = poll();
  await settle();
  await polling.clock.advance(30_000);
  const requests = polling.node.arrivals.length;
  await polling.clock.leap(600_000);
  await polling.clock.advance(0);
  assert.deepEqual(ends(polling), [0, 630_000]);
  assert.equal(polling.node.arrivals.length, requests + 2, "a head and a batch");
  assert.equal(polling.state.skipped, 9);
  await polling.clock.advance(30_000);
  assert.deepEqual(ends(polling), [0, 630_000, 660_000]);
  assert.equal(polling.state.skipped, 9);
});

Deno.test("pollNetwork() is not affected when the wall clock steps", async () => {
  await using polling = poll();
  await settle();
  for (const step of [3600, -7200, 3600]) {
    polling.clock.setWall(step);
    await polling.clock.advance(interval);
  }
  assert.deepEqual(ends(polling), [0, 1, 2, 3].map((poll) => poll * interval));
});

Deno.test("pollNetwork() discards a poll that is stopped in the middle", async () => {
  await using polling = poll();
  await settle();
  const { generation } = polling.all.store;
  polling.node.mode = "hang";
  await polling.clock.advance(interval + 1);
  polling.stop.abort();
  await polling.ended;
  assert.equal(polling.all.store.generation, generation);
  assert.equal(statesOf(polling.state)[0]?.failure, undefined);
  assert.deepEqual(ends(polling), [0]);
});

Deno.test("pollNetwork() ends at once when it is stopped between polls", async () => {
  await using polling = poll();
  await settle();
  polling.stop.abort();
  await polling.ended;
  assert.equal(polling.polls.length, 1);
});

Deno.test("pollNetwork() survives an internal error, logs and counts it", async () => {
  using log = catchLog();
  const faults: string[] = [];
  let broken = false;
  const meter: Meter = {
    recordRequest(): void {
      if (broken) throw new TypeError("x is not a function");
    },
    recordError: (reason) => faults.push(reason),
  };
  await using polling = poll({ meter });
  await settle();
  broken = true;
  await polling.clock.advance(interval);
  assert.deepEqual(polling.polls[1]?.outcomes, ["internal"]);
  assert.equal(statesOf(polling.state)[0]?.reading?.amount, 1n);
  assert.equal(statesOf(polling.state)[0]?.failure, "internal");
  assert.deepEqual(faults, ["internal"]);
  const [, line] = log.lines;
  assert.equal(line?.["level"], "error");
  assert.match(String(line?.["detail"]), /unexpected error, please report it: TypeError: x is not a function/);
  broken = false;
  await polling.clock.advance(interval);
  assert.equal(typeof polling.polls[2]?.outcomes[0], "object");
});

Deno.test("pollNetwork() notes when each poll began, for the health check", async () => {
  await using polling = poll();
  await polling.clock.advance(2.5 * interval);
  assert.equal(polling.state.lastTick, 1000 + 2 * interval);
  polling.node.mode = "hang";
  await polling.clock.advance(interval);
  assert.equal(polling.state.lastTick, 1000 + 3 * interval);
});
