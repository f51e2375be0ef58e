import assert from "node:assert/strict";
import { probe } from "../../../src/evm/pool/check_chain.ts";
import type { ChainMethod } from "../../../src/evm/strategies/strategy_selector.ts";
import { createFakeClock } from "../../fakes/fake_clock.ts";
import { accountsOf, openPool, type TestPlan } from "../../fakes/open_pool.ts";
import { startLocalNode } from "../../fakes/fake_node.ts";

const ACCOUNTS = accountsOf(2);
const [FIRST = ""] = ACCOUNTS;

interface Probed {
  readonly requests: readonly string[];
  readonly strategy: string;
  readonly chainId: number | undefined;
}

/** Probes an endpoint of chain 1 of which this is known. */
async function probed(
  chainMethod: ChainMethod,
  { proven = false, plan = {}, reports = true, accounts = ACCOUNTS }: {
    proven?: boolean;
    plan?: TestPlan;
    reports?: boolean;
    accounts?: readonly string[];
  } = {},
): Promise<Probed> {
  using pool = openPool(["http://127.0.0.1:9998/"], { accounts, clock: createFakeClock(), plan });
  const { network, poolEndpoint } = pool;
  Object.assign(poolEndpoint.selector, { chainMethod, proven });
  using node = startLocalNode({
    answer: ({ method }) => {
      if (method === "eth_chainId" && !reports) throw new Error("boo");
      return "0x1";
    },
  });
  await probe(network, poolEndpoint, pool.limits);
  const requests = node.seen.flatMap(({ items }) => items).map(({ method, params }) => [method, ...params].join(" "));
  return { requests, strategy: poolEndpoint.selector.strategy, chainId: network.chainId };
}

const BALANCE = `eth_getBalance ${FIRST} latest`;

Deno.test("probe() reads the chain id, which must be the network's", async () => {
  for (const method of ["unasked", "answered"] as const) {
    const { requests, strategy, chainId } = await probed(method);
    assert.deepEqual([requests, strategy, chainId], [["eth_chainId"], "packed", 1]);
    await assert.rejects(probed(method, { plan: { chainId: 2 } }), { reason: "wrong_chain" });
  }
});

Deno.test("probe() reads one balance as well where the chain id was never answered", async () => {
  const { requests, strategy, chainId } = await probed("failed");
  assert.deepEqual([requests, strategy, chainId], [[BALANCE, "eth_chainId"], "packed", 1]);
});

Deno.test("probe() reads the chain id alone where there is no account", async () => {
  assert.deepEqual((await probed("failed", { accounts: [] })).requests, ["eth_chainId"]);
});

Deno.test("probe() has balances read without a block where the chain id is never answered", async () => {
  for (const known of ["failed", "waived"] as const) {
    const { requests, strategy } = await probed(known, { reports: false });
    assert.deepEqual(requests, known === "failed" ? [BALANCE, "eth_chainId"] : [BALANCE]);
    assert.equal(strategy, "latest");
  }
});

Deno.test("probe() leaves a strategy alone that works, or where another block than the latest is read", async () => {
  assert.equal((await probed("waived", { proven: true })).strategy, "packed");
  assert.equal((await probed("waived", { plan: { block: "finalized" } })).strategy, "packed");
});
