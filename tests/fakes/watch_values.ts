import assert from "node:assert/strict";

import { ASSET_KINDS } from "../../src/assets/kinds.ts";
import { openNetwork } from "../../src/evm/pool/open_network.ts";
import { EvmSource } from "../../src/evm/pool/source.ts";
import type { RequestRecord } from "../../src/jsonrpc/endpoint.ts";
import { valueFamilies } from "../../src/metrics/families/wallet_families.ts";
import { createSnapshotter } from "../../src/metrics/model/snapshot.ts";
import { pollAndRecord } from "../../src/poller/poll_network.ts";
import { createStateStore, type NetworkState } from "../../src/poller/state.ts";
import type { Clock } from "../../src/util/clock.ts";
import { status } from "./page_text.ts";
import { IDENTITY, networkAt, planOfV2 } from "./watched.ts";

/** A network whose values are polled when a test says so. */
export interface WatchedValues extends Disposable {
  readonly state: NetworkState;
  readonly source: EvmSource;
  /** Polls once; the calls of the poll by method. */
  poll(): Promise<Readonly<Record<string, number>>>;
  /** The samples of a family: values by the wallet's label, and that of `kind` if it has one. */
  samples(family: string): Readonly<Record<string, number>>;
  /** Why each account of a kind was not read. */
  failures(kind: string): readonly (string | undefined)[];
}

/**
 * Opens the only network of a configuration of version 2.
 *
 * @param staleAfter in milliseconds. @default {0}, for ever
 */
export async function watchValues(config: string, clock: Clock, staleAfter = 0): Promise<WatchedValues> {
  const store = createStateStore(await planOfV2(config), clock);
  const state = networkAt(store, 0);
  const records: RequestRecord[] = [];
  const meter = { recordRequest: (record: RequestRecord) => void records.push(record), recordError: () => {} };
  const source = new EvmSource(openNetwork(state.plan, { clock, interval: 15_000, meterOf: () => meter }));
  const snapshot = createSnapshotter({ store, clock, identity: IDENTITY, status, staleAfter: () => staleAfter });
  const families = ASSET_KINDS.flatMap(valueFamilies);
  return {
    state,
    source,
    async poll() {
      records.length = 0;
      const stop = new AbortController().signal;
      await pollAndRecord({ store, state, source, clock, timeout: 5000, stop }, 30_000, () => {});
      const calls: Record<string, number> = {};
      for (const record of records) {
        for (const [method, count] of record.calls) calls[method] = (calls[method] ?? 0) + count;
      }
      return calls;
    },
    samples(name) {
      const family = families.find((each) => each.name === name);
      assert.ok(family !== undefined, `no family ${name}`);
      return Object.fromEntries([...family.samples(snapshot())].map(({ labels, value }) => {
        const { label = "", kind } = Object.fromEntries(labels);
        return [kind === undefined ? label : `${label} ${kind}`, value];
      }));
    },
    failures: (kind) => [...state.accounts].flatMap(([{ asset }, { failure }]) => asset.kind === kind ? [failure] : []),
    [Symbol.dispose]: () => source[Symbol.dispose](),
  };
}
