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
  using pool = openPool(["http://127.0.0.1:9998/"], { accounts: ACCOUNTS, plan: { endpoints } });
  assert.ok(minPollSeconds(pool.network) < 0.1);
});
