import { EvmSource } from "../../src/evm/pool/source.ts";
import type { Source } from "../../src/model/source.ts";
import { openNetwork } from "../../src/evm/pool/open_network.ts";
import type { Clock } from "../../src/util/clock.ts";
import type { NetworkPlan } from "../../src/plan/plan.ts";
import type { Meter } from "../../src/jsonrpc/endpoint.ts";

/** A node without a network: it stands in place of `fetch` until disposed. */
export interface StubNode extends Disposable {
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

/** What {@linkcode stubNode} takes. */
export interface StubNodeOptions {
  readonly clock: Clock;
  /** @default one that counts nothing */
  readonly meter?: Meter;
}

/**
 * Makes a node of chain 1.
 *
 * @param plan a network with one endpoint
 * @param options see {@linkcode StubNodeOptions}
 */
export function stubNode(plan: NetworkPlan, { clock, meter }: StubNodeOptions): StubNode {
  const silent: Meter = { recordRequest: () => {}, recordError: () => {} };
  const network = openNetwork(plan, { clock, interval: 60_000, userAgent: "test", meterOf: () => meter ?? silent });
  for (const { selector } of network.members) Object.assign(selector, { strategy: "batch", proven: true });
  const original = globalThis.fetch;
  const arrivals: number[] = [];
  let open = 0;
  let most = 0;
  let released = Promise.withResolvers<void>();

  const node = {
    source: new EvmSource(network),
    arrivals,
    get most(): number {
      return most;
    },
    balance: 1n,
    mode: "answer" as StubNode["mode"],
    release(): void {
      node.mode = "answer";
      released.resolve();
      released = Promise.withResolvers();
    },
    [Symbol.dispose](): void {
      globalThis.fetch = original;
      network[Symbol.dispose]();
    },
  };

  async function answer(_: unknown, init?: RequestInit): Promise<Response> {
    arrivals.push(clock.now());
    most = Math.max(most, ++open);
    try {
      if (node.mode === "hold") await released.promise;
      if (node.mode === "hang") await aborted(init?.signal ?? undefined);
      return Response.json(reply(JSON.parse(String(init?.body)), node.balance));
    } finally {
      open--;
    }
  }
  globalThis.fetch = answer;
  return node;
}

interface Item {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** The node's only block. */
const BLOCK = 100;

function reply(body: Item | readonly Item[], balance: bigint): unknown {
  if (Array.isArray(body)) return body.map((item) => reply(item, balance));
  const { id, method, params } = body as Item;
  if (method === "eth_getBalance" && Number(params[1]) > BLOCK) {
    return { jsonrpc: "2.0", id, error: { code: -32000, message: "header not found" } };
  }
  return { jsonrpc: "2.0", id, result: resultOf(method, balance) };
}

function resultOf(method: string, balance: bigint): unknown {
  if (method === "eth_chainId") return "0x1";
  if (method === "eth_getBalance") return `0x${balance.toString(16)}`;
  return { number: `0x${BLOCK.toString(16)}`, timestamp: "0x6553f100" };
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")), { once: true });
  });
}
