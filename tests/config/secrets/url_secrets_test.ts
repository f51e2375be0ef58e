import assert from "node:assert/strict";
import { EndpointUrl, parseEndpointUrl } from "../../../src/config/secrets/endpoint_url.ts";
import { looksRandom } from "../../../src/config/secrets/url_secrets.ts";
import { readConfig } from "../../../src/config/read_config.ts";
import { scrub } from "../../../src/util/redact.ts";

for (
  const label of [
    "4f3edf983ac636a65a842ce7c78d9aa7",
    "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
    "k3y0f7h3n0d3w1th",
    "x9f2k4m8q1z7w3v5",
    "rpc-9aa3d95b3bc440fa88ea12eaa4456161",
    "qwhzkdjfnvbxcmzl",
    "1234567890123456",
    "abcd1234efgh5678",
  ]
) Deno.test(`looksRandom() is true for ${label}`, () => assert.ok(looksRandom(label)));

for (
  const label of [
    "localhost",
    "eth-mainnet",
    "holy-damp-dust",
    "wallet-balance-exporter-headless",
    "ethereummainnetarchive",
    "internal-loadbalancer-2024",
    "ec2-54-123-45-67",
    "ip-172-31-255-100-node-a1",
    "wallet-exporter-7d4f9c8b6-x2x9z",
    "polygonzkevmcardona2",
    "shortk3y1f2a3b",
    "mainnet2024archive",
    "blockchainnode01b",
  ]
) Deno.test(`looksRandom() is false for ${label}`, () => assert.ok(!looksRandom(label)));

const WALLET = '{ "address": "0x1111111111111111111111111111111111111111", "label": "w" }';

async function read(text: string): Promise<readonly [readonly string[], readonly string[]]> {
  const { problems, networks } = await readConfig(text, "test", { env: () => undefined, file: undefined });
  const endpoints = networks.flatMap((network) => network.endpoints.map(({ name }) => name));
  return [problems.map(({ severity, message }) => `${severity}: ${message}`), endpoints];
}

Deno.test("SE3: a key in a host name causes a warning in version 2, and is not shown", async () => {
  const host = "a1b2c3d4e5f6a7b8c9.quiknode.pro";
  const config = (endpoint: string): string =>
    `version: 2\nnetworks: [{ name: m, endpoints: [${endpoint}], wallets: [${WALLET}] }]`;
  const [problems, names] = await read(config(`"https://${host}/"`));
  assert.deepEqual(names, ["***.quiknode.pro"]);
  assert.deepEqual(problems, [
    "warning: Part of the host looks like a key; the label endpoint shows *** instead",
  ]);
  assert.equal(scrub(`no such host ${host}`), "no such host ***.quiknode.pro");
  assert.deepEqual(await read(config(`{ url: "https://${host}/", name: quick }`)), [[], ["quick"]]);
});

Deno.test("SE3: a key in a host name causes a warning in version 1, where the label network keeps it as it was", async () => {
  const [problems, names] = await read(`{"https://b1b2c3d4e5f6a7b8c9.node.a/": [${WALLET}]}`);
  assert.deepEqual(problems, ["warning: Part of the host looks like a key, and the label network may show it"]);
  assert.deepEqual(names, ["b1b2c3d4e5f6a7b8c9.node.a"]);
  assert.deepEqual((await read(`{"https://rpc.c1b2c3d4e5f6a7b8c9.node.a/": [${WALLET}]}`))[1], ["rpc.***.node.a"]);
});

Deno.test("M14: a path that is the host's own name, or a name in words, is no secret", () => {
  for (
    const [href, name] of [["https://polygon-7.node.a/polygon-7.node.a", "polygon-7.node.a"], [
      "https://rpc.a/polygon_zkevm",
      "polygon_zkevm",
    ]] as const
  ) {
    assert.ok(parseEndpointUrl(href) instanceof EndpointUrl);
    assert.equal(scrub(name), name);
  }
});
