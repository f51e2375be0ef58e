import assert from "node:assert/strict";
import {
  isExampleHost,
  isPlaceholderHeader,
  placeholderIn,
  placeholderInExpanded,
} from "../../../src/config/secrets/placeholder.ts";

for (
  const [url, where] of [
    ["https://mainnet.infura.io/v3/${INFURA_KEY}", "path"],
    ["https://mainnet.infura.io/v3/$INFURA_KEY", "path"],
    ["https://mainnet.infura.io/v3/{{ .Values.key }}", "path"],
    ["https://mainnet.infura.io/v3/{key}", "path"],
    ["https://mainnet.infura.io/v3/<key>", "path"],
    ["https://mainnet.infura.io/v3/%API_KEY%", "path"],
    ["https://mainnet.infura.io/v3/[YOUR KEY]", "path"],
    ["https://mainnet.infura.io/v3/__API_KEY__", "path"],
    ["https://eth-mainnet.g.alchemy.com/v2/YOUR-API-KEY", "path"],
    ["https://eth-mainnet.g.alchemy.com/v2/your_api_key_here", "path"],
    ["https://eth-mainnet.g.alchemy.com/v2/YourApiKeyToken", "path"],
    ["https://eth-mainnet.g.alchemy.com/v2/my-api-key", "path"],
    ["https://eth-mainnet.g.alchemy.com/v2/KEY", "path"],
    ["https://eth-mainnet.g.alchemy.com/v2/ALCHEMY_API_KEY", "path"],
    ["https://eth-mainnet.g.alchemy.com/v2/changeme", "path"],
    ["https://eth-mainnet.g.alchemy.com/v2/CHANGE_ME", "path"],
    ["https://eth-mainnet.g.alchemy.com/v2/replace-with-your-key", "path"],
    ["https://eth-mainnet.g.alchemy.com/v2/insert-key-here", "path"],
    ["https://eth-mainnet.g.alchemy.com/v2/xxx", "path"],
    ["https://eth-mainnet.g.alchemy.com/v2/XXXX-XXXX", "path"],
    ["https://eth-mainnet.g.alchemy.com/v2/***", "path"],
    ["https://eth-mainnet.g.alchemy.com/v2/abc...", "path"],
    ["https://eth-mainnet.g.alchemy.com/v2/undefined", "path"],
    ["https://KEY/v2/PROJECT_ID/", "path"],
    ["https://eth-mainnet.g.alchemy.com/v2/test-key", "path"],
    ["https://eth-mainnet.g.alchemy.com/v2/key123", "path"],
    ["https://eth-mainnet.g.alchemy.com/v2/fill-me-in", "path"],
    ["https://eth-mainnet.g.alchemy.com/v2/xxx-key-xxx", "path"],
    ["https://eth-mainnet.g.alchemy.com/v2/1234567890", "path"],
    ["https://rpc.ankr.com/API-KEY/eth", "path"],
    ["https://node.example.net/?apikey=todo", "query"],
    ["https://node.example.net/?APIKEY", "query"],
    ["https://user:password@node.example.net/", "user part"],
    ["https://user:<password>@node.example.net/", "user part"],
    ["https://your-endpoint.quiknode.pro/abc/", "host"],
    ["https://${HOST}/", "host"],
    ["https://<host>:8545/", "host"],
    ["https://node.example.net/#your-key", "fragment"],
  ] as const
) {
  Deno.test(`placeholderIn() finds what is still to be filled in: ${url}`, () =>
    assert.equal(placeholderIn(url), where));
}

for (
  const url of [
    "http://localhost:8545",
    "http://[::1]:8545/",
    "https://eth-mainnet.g.alchemy.com/v2/demo",
    "https://eth-mainnet.g.alchemy.com/v2/k3y-0f-the-node",
    "https://mainnet.infura.io/v3/9aa3d95b3bc440fa88ea12eaa4456161",
    "https://node/token/f81d4fae7dec11d0/rpc",
    "https://node/key/f81d4fae7dec11d0",
    "https://rpc.ankr.com/polygon_zkevm",
    "https://holy-damp-dust.quiknode.pro/4f3edf983ac636a65a842ce7c78d9aa706d3b113/",
    "https://user:pw@node/ext/bc/C/rpc",
    "https://node/api?network=mainnet&apikey=Xk3y",
    "https://node/youth/theme/secretary",
    "https://node/none/x",
    "https://node/123/rpc",
    "https://node/test",
  ]
) Deno.test(`placeholderIn() finds none in ${url}`, () => assert.equal(placeholderIn(url), undefined));

Deno.test("isPlaceholderHeader() finds a value that is still to be filled in", () => {
  for (const value of ["Bearer YOUR-TOKEN", "Bearer <token>", "Basic {{auth}}", "changeme", "x-api-key"]) {
    assert.equal(isPlaceholderHeader(value), value !== "x-api-key", value);
  }
  for (
    const value of [
      "Bearer t0ken-of-the-node",
      "Bearer ${TOKEN}",
      "costs $${5}",
      "gold",
      "token t0ken",
      "application/json",
    ]
  ) {
    assert.equal(isPlaceholderHeader(value), false, value);
  }
});

Deno.test("isExampleHost() knows the hosts that are reserved for examples", () => {
  const found = ["https://example.com/", "http://rpc.example.org:8545/x", "https://a.example.net", "https://node/x"]
    .map(isExampleHost);
  assert.deepEqual(found, [true, true, true, false]);
});

Deno.test("placeholderInExpanded() accepts any word from a variable as a key, except certain placeholders", () => {
  const where = (value: string): string | undefined =>
    placeholderInExpanded("https://node/v2/${KEY}", `https://node/v2/${value}`);
  for (const key of ["abc", "key", "secret", "dummy", "test-key", "123"]) assert.equal(where(key), undefined, key);
  for (const key of ["changeme", "YOUR-API-KEY", "<key>", "${KEY}", "replace-me"]) {
    assert.equal(where(key), "path", key);
  }
  assert.equal(placeholderInExpanded("https://node/KEY/${X}", "https://node/KEY/v"), "path");
  assert.equal(placeholderInExpanded("https://node/$${KEY}", "https://node/${KEY}"), undefined);
});
