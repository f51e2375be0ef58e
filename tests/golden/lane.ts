import { startAnvil } from "../../dev/anvil.ts";
import { startGoldenFaults } from "../fakes/golden_faults.ts";
import { startHttpProxy } from "../fakes/http_proxy.ts";
import type { GoldenCase, Step } from "./cases.ts";
import { systemClock } from "../../src/util/clock.ts";
import { deadPort } from "../program/free_port.ts";
import { FIXED, type Placeholders } from "./placeholders.ts";

type NodeName = "A" | "B";

/** Two real nodes, faults in front of the first and a proxy: the world of one case at a time. */
export interface Lane extends AsyncDisposable {
  /** What the placeholders stand for in this lane. */
  readonly values: Placeholders;
  /** Forgets the case before and prepares the first step of this one. */
  readonly prepare: (golden: GoldenCase) => Promise<void>;
  /** Sets the balances and the fault of a step. */
  readonly apply: (step: Pick<Step, "balances" | "rpc">) => Promise<void>;
}

/** Starts all that a lane needs. */
export async function openLane(): Promise<Lane> {
  await using stack = new AsyncDisposableStack();
  const nodes = {
    A: stack.use(await startAnvil({ chainId: 31337 })),
    B: stack.use(await startAnvil({ chainId: 31338 })),
  };
  const faults = stack.use(startGoldenFaults(nodes.A.url));
  const proxy = stack.use(startHttpProxy());
  const funded = new Map<string, () => Promise<void>>();

  async function fund(
    name: NodeName,
    address: string,
    wei: bigint,
  ): Promise<void> {
    await nodes[name].setBalance(address, wei);
    funded.set(`${name} ${address}`, () => nodes[name].setBalance(address, 0n));
  }

  async function apply(
    { balances = {}, rpc }: Pick<Step, "balances" | "rpc">,
  ): Promise<void> {
    // A fault begins before and ends after the change that it hides: a poll may begin at any moment.
    if (rpc !== undefined && rpc !== "ok") faults.mode = rpc;
    for (const name of ["A", "B"] as const) {
      for (const [address, wei] of Object.entries(balances[name] ?? {})) {
        await fund(name, address, BigInt(wei));
      }
      await nodes[name].rpc("evm_mine");
    }
    if (rpc !== undefined) faults.mode = rpc;
  }

  async function prepare(golden: GoldenCase): Promise<void> {
    for (const empty of funded.values()) await empty();
    funded.clear();
    faults.mode = "ok";
    const routes = Object.entries(golden.routes ?? {});
    proxy.routes = Object.fromEntries(
      routes.map(([host, name]) => [host, nodes[name].url]),
    );
    await apply(golden);
  }

  // A node that died says more than the request that did not reach it.
  async function explained(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      const { A, B } = nodes;
      throw await Promise.race([A.gone, B.gone, systemClock.sleep(500).then(() => error)]);
    }
  }

  const kept = stack.move();
  return {
    values: {
      ...FIXED,
      RPC_A: nodes.A.url,
      RPC_B: nodes.B.url,
      RPC_F: `http://127.0.0.1:${faults.port}`,
      PORT_A: `${nodes.A.port}`,
      PORT_B: `${nodes.B.port}`,
      PORT_F: `${faults.port}`,
      PORT_DEAD: `${deadPort()}`,
      PROXY: proxy.url,
    },
    prepare: (golden) => explained(prepare(golden)),
    apply: (step) => explained(apply(step)),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
