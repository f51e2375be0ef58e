import { Registry } from "prom-client";
import type { Anvil } from "../../dev/anvil.ts";
import { openNetwork } from "../../src/evm/pool/open_network.ts";
import { EvmSource } from "../../src/evm/pool/source.ts";
import { startDeadline } from "../../src/http/deadline.ts";
import { listFamilies } from "../../src/metrics/families/families.ts";
import type { Series } from "../../src/metrics/model/series.ts";
import type { PollResult, Strategy } from "../../src/model/source.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { recordPoll } from "../../src/poller/record_poll.ts";
import { type Clock, systemClock } from "../../src/util/clock.ts";
import { forceWay } from "../rig/force_way.ts";
import { textOf } from "./page_text.ts";
import { type Watched, watched } from "./watched.ts";

/** A plan that is polled by hand. */
export interface Live extends Watched, Disposable {
  /** The series of tokens and views of the first network. */
  series(): readonly Series[];
  /** Polls every network once, in order. */
  poll(): Promise<readonly PollResult[]>;
  /** The samples of some families, without the labels of every series, in the order of the page. */
  samples(family: RegExp): Promise<readonly string[]>;
}

/** How a plan is polled. */
export interface LiveOptions {
  /** @default {systemClock} */
  readonly clock?: Clock;
  /** How all endpoints are read; `multicall` needs the contract. @default the best way that works */
  readonly way?: Strategy;
}

/** Opens the networks of a plan. */
export function live(plan: Plan, { clock = systemClock, way }: LiveOptions = {}): Live {
  const own = watched(plan, { clock });
  const meter = { recordRequest: () => {}, recordError: () => {} };
  const networks = own.store.networks.map((state) =>
    openNetwork(state.plan, { clock, interval: 1000, meterOf: () => meter })
  );
  if (way !== undefined) networks.forEach((network) => forceWay({ network, clock }, way));
  const sources = networks.map((network) => new EvmSource(network));
  return {
    ...own,
    series: () => own.snapshot().networks[0]?.series["erc20"] ?? [],
    async poll() {
      const results: PollResult[] = [];
      for (const [index, source] of sources.entries()) {
        const state = own.store.networks[index];
        if (state === undefined) continue;
        using deadline = startDeadline(systemClock, 10_000);
        const result = await source.poll(state.plan.accounts, { clock, timeout: 5000, deadline });
        recordPoll(own.store, state, result, clock, clock.now());
        results.push(result);
      }
      return results;
    },
    async samples(family) {
      const families = (await listFamilies(new Registry())).filter(({ name }) => family.test(name));
      return textOf(families, own.snapshot()).split("\n").filter((line) => line !== "" && !line.startsWith("#"))
        .map((line) => line.replace(/(namespace|release)="[^"]*",?/g, "").replace(",}", "}"));
    },
    [Symbol.dispose]: () => sources.forEach((source) => source[Symbol.dispose]()),
  };
}

/** Sends a transaction from the first account of a node, in a block of its own. */
export async function send({ rpc }: Anvil, to: string, data: string, value = 0n): Promise<void> {
  const [from] = await rpc("eth_accounts") as readonly string[];
  const hash = await rpc("eth_sendTransaction", [{ from, to, data, value: `0x${value.toString(16)}`, gas: "0x493e0" }]);
  let receipt: unknown = null;
  while (receipt === null) receipt = await rpc("eth_getTransactionReceipt", [hash]);
  if (!/"status":"0x1"/.test(JSON.stringify(receipt))) throw new Error(`The transaction failed: ${data.slice(0, 10)}`);
}
