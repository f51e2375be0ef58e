import assert from "node:assert/strict";
import { parseExposition } from "../fakes/exposition_parser.ts";
import { startFakeNode } from "../fakes/fake_node.ts";
import { runProgram } from "../program/exporter.ts";

const WALLET = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";
const OTHER = "0x00000000219ab540356cBB839Cbe05303d7705Fa";
const balances = new Map([[WALLET.toLowerCase(), 2_500_000_000_000_000_001n], [OTHER.toLowerCase(), 1n]]);

function configOf(url: string, minimum: number, more = ""): string {
  return `version: 2
networks:
  - name: main
    chainId: 1
    endpoints: ["${url}"]
    wallets:
      - { address: "${WALLET}", label: "hot, or not", thresholds: { minimum: ${minimum}, target: 10 } }
      - { address: "${OTHER}", label: dust }
${more}`;
}

Deno.test("once prints a table and returns 0 if all balances are sufficient", async () => {
  await using node = startFakeNode({ overrides: true, balances });
  const { code, stdout } = await runProgram(["once"], { WALLET_CONFIG: configOf(node.url, 1) });
  assert.equal(
    stdout,
    [
      "NETWORK  LABEL        ADDRESS                                       BALANCE  ASSET  MINIMUM  STATE",
      `main     hot, or not  ${WALLET}        2.5  ETH          1  fine`,
      `main     dust         ${OTHER}  <0.000001  ETH          -  fine`,
      "",
    ].join("\n"),
  );
  assert.equal(code, 0);
});

Deno.test("once returns 4 if a balance is below its minimum, else 3 if one could not be read", async () => {
  await using node = startFakeNode({ overrides: true, balances });
  const low = await runProgram(["once"], { WALLET_CONFIG: configOf(node.url, 3) });
  assert.equal(low.code, 4);
  assert.match(low.stdout, /^main +hot, or not .* 2\.5 +ETH +3 +below minimum$/m);
  await using broken = startFakeNode({ instead: () => new Response("", { status: 503 }) });
  const more = `  - { name: down, endpoints: ["${broken.url}"], wallets: [{ address: "${OTHER}", label: lost }] }\n`;
  const both = await runProgram(["once"], { WALLET_CONFIG: configOf(node.url, 3, more) });
  assert.equal(both.code, 4);
  const down = await runProgram(["once"], { WALLET_CONFIG: configOf(node.url, 1, more) });
  assert.equal(down.code, 3);
  assert.match(down.stdout, /^down +lost .* - +- +- +cannot be read: http_server$/m);
  assert.match(down.stderr, /Network cannot be read/);
  const text = JSON.stringify({ [node.url]: [{ address: "nobody", label: "n" }] });
  const aside = await runProgram(["once"], { WALLET_CONFIG: text });
  assert.equal(aside.code, 3);
  assert.match(aside.stdout, /nobody .* rejected: configuration$/m);
});

Deno.test("once prints JSON and CSV with all digits", async () => {
  await using node = startFakeNode({ overrides: true, balances });
  const env = { WALLET_CONFIG: configOf(node.url, 1) };
  const json = JSON.parse((await runProgram(["once", "--output=json"], env)).stdout);
  assert.equal(typeof json.time, "number");
  assert.deepEqual(json.balances[0], {
    network: "main",
    label: "hot, or not",
    address: WALLET,
    asset: "ETH",
    thresholds: { minimum: "1", target: "10" },
    state: "ok",
    labels: {},
    token: null,
    balance: "2.500000000000000001",
    wei: "2500000000000000001",
    reason: null,
    block: 100,
    blockTime: json.balances[0].blockTime,
  });
  const csv = (await runProgram(["once", "--output", "csv"], env)).stdout.split("\r\n");
  assert.equal(csv[0], "network,label,address,asset,token,balance,wei,minimum,state,reason,block,block_time");
  assert.match(
    csv[1] ?? "",
    /^main,"hot, or not",0xd8dA\w+,ETH,,2\.500000000000000001,2500000000000000001,1,ok,,100,\d+$/,
  );
});

Deno.test("once prints a page for node_exporter, without process metrics and counters", async () => {
  await using node = startFakeNode({ overrides: true, balances });
  const { code, stdout } = await runProgram(["once", "--output=prometheus"], {
    WALLET_CONFIG: configOf(node.url, 3),
    RELEASE_NAME: "rel",
  });
  assert.equal(code, 4);
  const names = parseExposition(stdout).map(({ name }) => name);
  assert.ok(names.includes("wallet_balance_eth") && names.includes("wallet_balance_below_minimum"));
  assert.deepEqual(names.filter((name) => name.startsWith("process_") || /_(spent|received)_/.test(name)), [
    "wallet_balance_exporter_rpc_received_bytes_total",
  ]);
  assert.match(stdout, /^wallet_balance_eth\{.*label="hot, or not".*release="rel"\} 2\.5$/m);
});

Deno.test("once rejects an invalid configuration, format or gateway", async () => {
  const env = { WALLET_CONFIG: "version: 2\nnetworks: 7" };
  assert.equal((await runProgram(["once"], env)).code, 1);
  const format = await runProgram(["once", "--output=xml"], env);
  assert.equal(format.code, 2);
  const gateway = await runProgram(["once", "--push=http://169.254.169.254/k3y-of-the-gateway"], env);
  assert.equal(gateway.code, 2);
  assert.match(gateway.stderr, /link-local or cloud metadata address/);
  assert.doesNotMatch(gateway.stderr, /k3y/);
});

Deno.test("CH6: NO_PROXY takes hosts in capitals and with a port", async () => {
  await using node = startFakeNode({ overrides: true, balances });
  const { port } = new URL(node.url);
  const url = `http://localhost:${port}/`;
  const env = { WALLET_CONFIG: configOf(url, 1), HTTP_PROXY: "http://127.0.0.1:1" };
  for (const entry of ["LOCALHOST", `localhost:${port}`, `other.example, LocalHost:${port}`, "*"]) {
    const { code, stderr } = await runProgram(["once"], { ...env, NO_PROXY: entry });
    assert.equal(code, 0, `${entry}: ${stderr}`);
  }
  assert.equal((await runProgram(["once"], { ...env, NO_PROXY: "other.example" })).code, 3);
});
