import assert from "node:assert/strict";
import fc from "fast-check";
import { EndpointUrl, parseEndpointUrl } from "../../../src/config/secrets/endpoint_url.ts";
import { networkName } from "../../../src/config/v1/label_text.ts";
import { scrub } from "../../../src/util/redact.ts";

/** The table of the contract with the original. */
const NAMES: readonly (readonly [string, string])[] = [
  ["https://eth-mainnet.g.alchemy.com/v2/KEY", "eth_mainnet"],
  ["http://geth-1:8545", "geth_1_8545"],
  ["http://localhost:8545", "localhost_8545"],
  ["http://10.0.0.1:8545", "10"],
  ["http://[::1]:8545", "[__1]_8545"],
  ["https://user:pw@host/x", "host"],
  ["https://rpc?apikey=S", "rpc"],
  ["http://localhost:8545?apikey=S", "localhost_8545"],
  ["http://ETH-Mainnet.x", "ETH_Mainnet"],
  ["http://my_node.x", "my_node"],
  ["http://us.er:s3cret@127.0.0.1:8545", "127"],
  ["http://user:p@ss@host", "host"],
  ["http://eth.example.com//v1//x", "eth"],
  ["localhost:8545", "unknown"],
  ["", "unknown"],
  ["ws://localhost:8545", "localhost_8545"],
  ["ftp://files.example.com/x", "files"],
  ["https:/host//KEY", "unknown"],
  ["http://host\\KEY", "host"],
];

for (const [url, name] of NAMES) {
  Deno.test(`networkName() of "${url}" is "${name}"`, () => assert.equal(networkName(url), name));
}

/** Ten letters and digits: a secret that no host holds by accident. */
const secret = fc.stringMatching(/^[A-Z][a-zA-Z0-9]{9}$/).map((text) => `Q${text}`);

Deno.test("no secret of a URL shows in its network's name, or in anything the URL prints as", () => {
  fc.assert(fc.property(secret, secret, secret, secret, fc.domain(), (user, password, path, query, host) => {
    const text = `https://${user}:${password}@${host}/v2/${path}?key=${query}#${path}`;
    const url = parseEndpointUrl(text);
    const shown = [networkName(text), JSON.stringify({ url }), Deno.inspect(url), `${url}`, String(url)];
    for (const each of shown) {
      for (const hidden of [user, password, path, query]) assert.ok(!each.includes(hidden), `${hidden} is in ${each}`);
    }
    const foreign = `error at ${text}, with ${btoa(`${user}:${password}`)}`;
    for (const hidden of [password, path, query]) assert.ok(!scrub(foreign).includes(hidden), scrub(foreign));
  }));
});

Deno.test("EndpointUrl reveals the URL and its credentials only for sending requests", () => {
  const url = parseEndpointUrl("https://us%20er:p%40ss@Host.example:8443/v2/KEY?x=1#frag");
  assert.ok(url instanceof EndpointUrl);
  assert.equal(url.name, "host.example:8443");
  assert.deepEqual(url.reveal(), {
    href: "https://host.example:8443/v2/KEY?x=1",
    headers: [["authorization", `Basic ${btoa("us er:p@ss")}`]],
  });
});

Deno.test("EndpointUrl.equals() compares place and credentials", () => {
  const urls = ["http://h:85", "http://h:85/", "http://H:85", "http://u@h:85", "http://h:85/x", "http://h:86"].map((
    url,
  ) => parseEndpointUrl(url));
  const first = urls[0];
  assert.ok(first instanceof EndpointUrl);
  assert.deepEqual(urls.map((url) => url instanceof EndpointUrl && first.equals(url)), [
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});

Deno.test("U3: a URL that is too long is refused, whichever part is long", () => {
  const long = "x".repeat(20_000);
  for (const url of [`http://host/${long}`, `http://u:${long}@host`, `http://${long}`, `http://host?k=${long}`, long]) {
    const problem = parseEndpointUrl(url);
    assert.ok(!(problem instanceof EndpointUrl));
    assert.equal(problem.message, "The RPC URL is longer than 16384 characters");
    assert.equal(networkName(url), "unknown");
  }
  assert.ok(parseEndpointUrl(`http://host/${"x".repeat(16_000)}`) instanceof EndpointUrl);
});
