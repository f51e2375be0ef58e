import { EvmSource } from "../../src/evm/pool/source.ts";
import type { Source } from "../../src/model/source.ts";
import { openNetwork } from "../../src/evm/pool/open_network.ts";
import { hang, startLocalNode } from "./fake_node.ts";
import type { Clock } from "../../src/util/clock.ts";
import type { NetworkPlan } from "../../src/plan/plan.ts";
import type { Meter } from "../../src/jsonrpc/endpoint.ts";

/** A source with one endpoint, a local node that can be made to wait. */
export interface LocalSource extends Disposable {
  readonly source: Source;
  /** When each request came, in milliseconds on the clock. */
  readonly arrivals: readonly number[];
  /** The most requests that were ever under way at once. */
  readonly most: number;
  /** What it answers to `eth_getBalance`, in wei. */
  balance: bigint;
  /** From now on requests wait: for ever, until released, or until their signal aborts. */
  mode: "answer" | "hold" | "hang";
  /** Answers all that wait, and from now on. */
  release(): void;
}

/** What {@linkcode openLocalSource} takes. */
export interface LocalSourceOptions {
  readonly clock: Clock;
  /** @default one that counts nothing */
  readonly meter?: Meter;
}

/**
 * Makes a node of chain 1.
 *
 * @param plan a network with one endpoint
 * @param options see {@linkcode LocalSourceOptions}
 */
export function openLocalSource(plan: NetworkPlan, { clock, meter }: LocalSourceOptions): LocalSource {
  const silent: Meter = { recordRequest: () => {}, recordError: () => {} };
  const network = openNetwork(plan, { clock, interval: 60_000, meterOf: () => meter ?? silent });
  for (const { selector } of network.endpoints) Object.assign(selector, { strategy: "batch", proven: true });
  const arrivals: number[] = [];
  let open = 0;
  let most = 0;
  let released = Promise.withResolvers<void>();
  const local = startLocalNode({
    time: 1_700_000_000,
    weiAt: () => node.balance,
    async instead(request): Promise<undefined> {
      arrivals.push(clock.now());
      most = Math.max(most, ++open);
      try {
        if (node.mode === "hold") await released.promise;
        if (node.mode === "hang") await hang(request);
      } finally {
        open--;
      }
    },
  });
  const node: LocalSource = {
    source: new EvmSource(network),
    arrivals,
    get most(): number {
      return most;
    },
    balance: 1n,
    mode: "answer",
    release(): void {
      node.mode = "answer";
      released.resolve();
      released = Promise.withResolvers();
    },
    [Symbol.dispose](): void {
      local[Symbol.dispose]();
      network[Symbol.dispose]();
    },
  };
  return node;
}
