import assert from "node:assert/strict";
import { probeStandbys } from "../../../src/evm/pool/probe_standbys.ts";
import { pollOnce } from "../../fakes/read_values.ts";
import { EndpointUrl } from "../../../src/config/secrets/endpoint_url.ts";
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
