import assert from "node:assert/strict";
import type { EndpointStatus, PollResult, Source, SourceType } from "../../src/model/source.ts";
import { pollAndRecord } from "../../src/poller/poll_network.ts";
import { openSource, SOURCES } from "../../src/sources.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { addressOf, networkAt, statesOf, watched } from "../fakes/watched.ts";

/** A source that knows balances without asking anybody: it has no chain, no block and no strategies. */
const TOY: SourceType = {
  reads: ({ endpoints }) => endpoints.some(({ name }) => name.startsWith("toy.")),
  open: ({ endpoints }): Source => {
    const statuses = endpoints.map(({ name }): EndpointStatus => ({
      name,
      state: "ok",
      strategy: undefined,
      size: 0,
    }));
    return {
      endpoints: statuses,
      poll: (accounts): Promise<PollResult> =>
        Promise.resolve({
          chainId: undefined,
          block: undefined,
          outcomes: new Map(accounts.map((account) => [account, { amount: BigInt(account.holder), block: undefined }])),
          decimals: new Map(),
          mismatched: new Set(),
          late: undefined,
          endpoint: statuses[0]?.name,
          endpoints: statuses,
          disagreements: 0,
          failure: undefined,
        }),
      [Symbol.dispose](): void {},
    };
  },
};

Deno.test("the poller polls a source of another protocol, which is one line in the list of sources", async () => {
  const clock = createFakeClock();
  const wallet = { address: addressOf(7), label: "w" };
  const { store } = watched({ "https://toy.example/": [wallet], "https://a.example/": [wallet] }, { clock });
  const [state, other] = [networkAt(store, 0), networkAt(store, 1)];
  const meter = { recordRequest: () => {}, recordError: () => {} };
  const options = { clock, interval: 1000, meterOf: () => meter };
  using source = openSource(state.plan, options, [TOY, ...SOURCES]);
  using evm = openSource(other.plan, options, [TOY, ...SOURCES]);
  assert.ok(evm.probeStandbys !== undefined && source.probeStandbys === undefined);
  const stop = new AbortController().signal;
  await pollAndRecord({ store, state, source, clock, timeout: 1000, stop }, 1000, () => Promise.resolve());
  assert.deepEqual(statesOf(state).map(({ reading, failure }) => [reading?.amount, failure]), [[7n, undefined]]);
  assert.deepEqual([state.endpoints[0]?.state, state.chainId, state.wasRead], ["ok", undefined, true]);
});
