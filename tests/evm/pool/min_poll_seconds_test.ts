import assert from "node:assert/strict";
import { minPollSeconds } from "../../../src/evm/pool/endpoint_status.ts";
import { EndpointUrl } from "../../../src/config/secrets/endpoint_url.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";

const ACCOUNTS = accountsOf(600);

for (const order of [["paced", "free"], ["free", "paced"], ["paced"]]) {
  Deno.test(`minPollSeconds() goes by the slowest endpoint that may be read from: ${order.join(", ")}`, () => {
    const endpoints = order.map((name) => {
      const url = new EndpointUrl(new URL("http://127.0.0.1:9998/"));
      return name === "paced" ? { name, url, callsPerSecond: 10 } : { name, url };
    });
    using pool = openPool(["http://127.0.0.1:9998/"], { accounts: ACCOUNTS, strategy: "batch", plan: { endpoints } });
    assert.equal(minPollSeconds(pool.network), 60);
    for (const { breaker, endpoint } of pool.network.endpoints) breaker.needsProbe = endpoint.pacer.perSecond === 10;
    assert.equal(minPollSeconds(pool.network), 0);
  });
}

Deno.test("minPollSeconds() counts one call for many balances where they are read so", () => {
  const endpoints = [{ name: "paced", url: new EndpointUrl(new URL("http://127.0.0.1:9998/")), callsPerSecond: 10 }];
  for (
    const [strategy, size, seconds] of [["packed", 300, 0.2], ["multicall", 200, 0.3], ["latest", 100, 60]] as const
  ) {
    using pool = openPool(["http://127.0.0.1:9998/"], { accounts: ACCOUNTS, strategy, plan: { endpoints } });
    pool.poolEndpoint.selector.sizes[strategy].size = size;
    assert.equal(minPollSeconds(pool.network), seconds, strategy);
  }
});
