import assert from "node:assert/strict";
import * as v from "valibot";
import type { Asset } from "../../src/assets/asset.ts";
import type { AssetKind } from "../../src/assets/asset_kind.ts";
import { readConfig } from "../../src/config/read_config.ts";
import { openNetwork } from "../../src/evm/pool/open_network.ts";
import { EvmSource } from "../../src/evm/pool/source.ts";
import type { Strategy } from "../../src/model/source.ts";
import { startDeadline } from "../../src/http/deadline.ts";
import { valueFamilies } from "../../src/metrics/families/wallet_families.ts";
import { createSnapshotter } from "../../src/metrics/model/snapshot.ts";
import { makePlan } from "../../src/plan/make_plan.ts";
import { createStateStore } from "../../src/poller/state.ts";
import { recordPoll } from "../../src/poller/record_poll.ts";
import { startFakeNode } from "../fakes/fake_node.ts";
import { systemClock } from "../../src/util/clock.ts";
import { status } from "../fakes/page_text.ts";
import { addressOf, IDENTITY } from "../fakes/watched.ts";

/** Everything that a new kind of value needs: how many transactions a wallet sent, which never falls. */
const SENT: Asset = {
  kind: "sent",
  requestType: "method",
  request: (address) => ({ type: "method", method: "eth_getTransactionCount", params: [address] }),
  judge: (count, previous = 0n) => count < previous ? "lagging" : count,
};
const KIND: AssetKind = {
  kind: "sent",
  schema: () => ({
    wallet: { sent: v.optional(v.boolean("true or false")) },
    network: { sent: v.optional(v.boolean("true or false")) },
  }),
  account: (holder, keys) => keys["sent"] === true ? { asset: SENT, holder, key: `sent ${holder}` } : undefined,
  families: [{
    name: "wallet_sent_total",
    type: "counter",
    help: "Transactions sent.",
    value: ({ reading }) => reading?.amount,
  }],
};

const CONFIG = (url: string): string => `
version: 2
defaults: { sent: true }
networks:
  - name: main
    chainId: 1
    endpoints: [${url}]
    wallets:
      - { address: "${addressOf(1)}", label: one }
      - { address: "${addressOf(2)}", label: two, sent: false }
`;

for (const strategy of ["packed", "batch", "single"] as const satisfies readonly Strategy[]) {
  Deno.test(`a new kind of value is configured, read, checked and shown by its own asset: ${strategy}`, async () => {
    let count = 5;
    await using node = startFakeNode({
      overrides: strategy === "packed",
      ...(strategy === "single" ? { limit: 1 } : {}),
      mangle: (replies, { items }) =>
        replies.map((reply, index) =>
          items[index]?.method === "eth_getTransactionCount"
            ? { id: reply["id"], result: `0x${count.toString(16)}` }
            : reply
        ),
    });
    const clock = systemClock;
    const context = { env: () => undefined, file: undefined, parts: [KIND.schema?.(v) ?? {}] };
    const plan = makePlan(await readConfig(CONFIG(node.url), "test", context), undefined, [KIND]);
    const store = createStateStore(plan, clock);
    const [state] = store.networks;
    assert.ok(state !== undefined);
    const meter = { recordRequest: () => {}, recordError: () => {} };
    using source = new EvmSource(
      openNetwork(state.plan, { clock, interval: 1000, meterOf: () => meter }),
    );
    const snapshot = createSnapshotter({ store, clock, identity: IDENTITY, status, staleAfter: () => 0 });
    const poll = async (): Promise<readonly unknown[]> => {
      using deadline = startDeadline(clock, 10_000);
      const result = await source.poll(state.plan.accounts, { clock, timeout: 5000, deadline });
      recordPoll(store, state, result, clock, clock.now());
      const shown = valueFamilies(KIND).flatMap((family) => [...family.samples(snapshot())]);
      const failures = [...state.accounts].map(([{ asset }, { failure }]) => [asset.kind, failure]);
      return [shown.map(({ labels, value }) => [Object.fromEntries(labels)["label"], value]), failures];
    };
    const natives = [["native", undefined], ["native", undefined]];
    assert.deepEqual(await poll(), [[["one", 5]], [...natives, ["sent", undefined]]]);
    count = 7;
    assert.deepEqual(await poll(), [[["one", 7]], [...natives, ["sent", undefined]]]);
    // It never falls: the endpoint is behind.
    count = 6;
    assert.deepEqual(await poll(), [[["one", 7]], [...natives, ["sent", "lagging"]]]);
  });
}
