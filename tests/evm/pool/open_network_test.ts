import assert from "node:assert/strict";
import { probeStandbys } from "../../../src/evm/pool/probe_standbys.ts";
import { pollOnce } from "../../fakes/read_values.ts";
import { EndpointUrl } from "../../../src/config/secrets/endpoint_url.ts";
import { type Network, openNetwork } from "../../../src/evm/pool/open_network.ts";
import type { NetworkPlan } from "../../../src/plan/plan.ts";
import { toAccounts, tokenPlan } from "../../fakes/accounts.ts";
import { createFakeClock } from "../../fakes/fake_clock.ts";
import { startFakeNode } from "../../fakes/fake_node.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";

Deno.test("openNetwork() calls endpoints what the configuration calls them, two of one provider, too", async () => {
  const accounts = accountsOf(3);
  await using node = startFakeNode({ overrides: true, balances: new Map(accounts.map((each) => [each, 1n])) });
  const endpoints = ["first", "second"].map((name) => ({
    name,
    url: new EndpointUrl(new URL(`${node.url}/${name}-key`)),
  }));
  using opened = openPool([node.url], { accounts, plan: { endpoints } });
  assert.deepEqual(opened.network.endpoints.map(({ endpoint }) => endpoint.name), ["first", "second"]);
  const { endpoint, endpoints: reports } = await pollOnce(opened.network, opened.limits);
  assert.equal(endpoint, "first");
  assert.deepEqual(reports.map(({ name }) => name), ["first", "second"]);
  // The other one is looked at, although it is at the same host.
  await probeStandbys(opened.network, endpoint, opened.limits);
  assert.ok(opened.records.some(({ endpoint }) => endpoint === "second"));
});

const [A, B, C] = [9001, 9002, 9003].map((port) => `http://127.0.0.1:${port}/`) as [string, string, string];
const ACCOUNTS = accountsOf(3);
const [X, Y, Z] = ["aa", "bb", "cc"].map((digits) => `0x${digits.repeat(20)}`) as [string, string, string];

interface Reopened extends Disposable {
  readonly before: Network;
  readonly network: Network;
}

/** Opens two endpoints, whose chain id 5 was learned, and then under a plan that differs. */
function reopen(changes: Partial<NetworkPlan>, prepare: (before: Network) => void = () => {}): Reopened {
  const pool = openPool([A, B], { accounts: ACCOUNTS });
  const { network: before } = pool;
  before.chainId = 5;
  prepare(before);
  const meter = { recordRequest: () => {}, recordError: () => {} };
  const options = { clock: createFakeClock(), interval: 1000, meterOf: () => meter };
  const network = openNetwork({ ...before.plan, ...changes }, { ...options, before });
  pool[Symbol.dispose]();
  return { before, network, [Symbol.dispose]: () => network[Symbol.dispose]() };
}

function endpointsAt(...urls: readonly string[]): NetworkPlan["endpoints"] {
  return urls.map((href) => {
    const url = new EndpointUrl(new URL(href));
    return { name: url.name, url };
  });
}

Deno.test("openNetwork() keeps endpoints that stay, and closes only the others", () => {
  const closed: string[] = [];
  using reopened = reopen({ endpoints: endpointsAt(B, C) }, ({ endpoints }) => {
    for (const { endpoint } of endpoints) {
      const { close } = endpoint;
      Object.assign(endpoint, { close: () => (closed.push(endpoint.name), close()) });
    }
  });
  const { before, network } = reopened;
  assert.deepEqual(closed, ["127.0.0.1:9001"]);
  assert.equal(network.endpoints[0], before.endpoints[1]);
  assert.ok(!before.endpoints.some((each) => each === network.endpoints[1]));
});

Deno.test("openNetwork() keeps the chain id while an endpoint stays, unless another is configured", () => {
  for (
    const [changes, chainId] of [
      [{}, 5],
      [{ endpoints: endpointsAt(C, A) }, 5],
      [{ chainId: 7 }, 7],
      [{ endpoints: endpointsAt(C) }, undefined],
    ] as const
  ) {
    using reopened = reopen(changes);
    assert.equal(reopened.network.chainId, chainId);
    assert.equal(reopened.network.budget, reopened.before.budget);
  }
});

Deno.test("openNetwork() keeps what is known of accounts and tokens that stay, on the same chain", () => {
  const [first, second, third] = toAccounts(ACCOUNTS);
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  const know = (before: Network): void => {
    before.funded.add(first).add(second);
    before.previous.set(third, 6n);
    before.decimals = new Map([[X, 6], [Y, 18]]);
  };
  const plan = {
    accounts: [{ ...third }, { ...second }],
    tokens: [
      { symbol: "X", address: X },
      { symbol: "Y", address: Y, decimals: 18 },
      { symbol: "Z", address: Z, decimals: 8 },
    ].map(tokenPlan),
  };
  using same = reopen(plan, know);
  const { funded, previous, decimals } = same.network;
  const places = [...funded.keys(), ...previous.keys()].map((account) => plan.accounts.indexOf(account));
  assert.deepEqual([places, [...previous.values()]], [[1, 0], [6n]]);
  assert.deepEqual([...decimals], [[X, 6], [Y, 18]]);
  using configured = reopen({ tokens: [{ symbol: "X", address: X, decimals: 7 }].map(tokenPlan) }, know);
  assert.deepEqual([...configured.network.decimals], []);
  for (const change of [{ chainId: 5 }, { genesis: "0x01" }, { endpoints: endpointsAt(C) }]) {
    using other = reopen({ ...plan, ...change }, know);
    const { funded, previous, decimals } = other.network;
    assert.deepEqual([funded.size, previous.size, decimals.size], [0, 0, 0], JSON.stringify(change));
  }
});

Deno.test("openNetwork() knows nothing of a network that was not open before", () => {
  using pool = openPool([A], { accounts: ACCOUNTS });
  const { network: { chainId, newest, funded, previous, decimals, zeros }, poolEndpoint } = pool;
  assert.deepEqual([chainId, newest, funded.size, previous.size, decimals.size], [undefined, undefined, 0, 0, 0]);
  assert.equal(zeros.polls, 0);
  const { headStatus, isChainUnknown, genesisChecked, isKnownCoinless } = poolEndpoint;
  assert.deepEqual([headStatus, isChainUnknown, genesisChecked, isKnownCoinless], ["fresh", false, false, false]);
});

Deno.test("openNetwork() keeps how high the chain is, while it is the same", () => {
  const height = { block: { number: 7n, time: 1000 }, lowerPolls: 2 };
  const prepare = (before: Network): void => void Object.assign(before, { height });
  using same = reopen({}, prepare);
  assert.equal(same.network.height, height);
  using other = reopen({ chainId: 7 }, prepare);
  assert.deepEqual(other.network.height, { block: undefined, lowerPolls: 0 });
});

Deno.test("openNetwork() knows decimals that are not read: those configured, or none", () => {
  const tokens = [undefined, 6].map((decimals, index) => {
    const plan = tokenPlan({ symbol: "T", address: [X, Y][index] ?? X, decimals });
    return { ...plan, asset: { ...plan.asset, id: plan.asset.id, decimals: undefined } } as typeof plan;
  });
  using reopened = reopen({ tokens });
  assert.deepEqual([...reopened.network.decimals.values()], [0, 6]);
});
