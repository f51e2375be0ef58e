import assert from "node:assert/strict";
import { type GoldenFaults, startGoldenFaults } from "./golden_faults.ts";
import { http, startTcpServer, type TcpServer } from "./tcp_server.ts";

const results: Readonly<Record<string, string>> = {
  "eth_getBalance": "0xde0b6b3a7640000",
  "eth_chainId": "0x7a69",
  "web3_clientVersion": "a node",
};

/** A node that answers what `results` holds. */
function startNode(): TcpServer {
  return startTcpServer(http(({ body }) => {
    const request: { id: number; method: string } | readonly { id: number; method: string }[] = JSON.parse(body);
    const replies = [request].flat().map(({ id, method }) => ({ jsonrpc: "2.0", id, result: results[method] }));
    return Promise.resolve(Response.json(Array.isArray(request) ? replies : replies[0]));
  }));
}

function call(id: number, method: string): Record<string, unknown> {
  return { jsonrpc: "2.0", id, method, params: [] };
}

async function ask(
  faults: GoldenFaults,
  path: string,
  request: unknown,
  signal?: AbortSignal,
): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${faults.port}${path}`, {
    method: "POST",
    body: JSON.stringify(request),
    signal: signal ?? null,
  });
  return { status: response.status, text: await response.text() };
}

Deno.test("startGoldenFaults() changes the answer to a balance as each fault names", async () => {
  await using node = startNode();
  await using faults = startGoldenFaults(node.url);
  const zeros = "0".repeat(64 - "de0b6b3a7640000".length);
  for (
    const [fault, members] of [
      ["ok", `"id":3,"result":"0xde0b6b3a7640000"`],
      [
        "bal-error",
        `"id":3,"error":{"code":-32000,"message":"header not found"}`,
      ],
      ["bal-null", `"id":3,"result":null`],
      ["bal-0x", `"id":3,"result":"0x"`],
      ["bal-empty", `"id":3,"result":""`],
      ["bal-missing", `"id":3`],
      ["bal-text", `"id":3,"result":"0xzz"`],
      ["bal-true", `"id":3,"result":true`],
      ["bal-obj", `"id":3,"result":{"balance":"0xde0b6b3a7640000"}`],
      ["bal-errnull", `"id":3,"result":"0xde0b6b3a7640000","error":null`],
      ["bal-wrongid", `"id":987654,"result":"0xde0b6b3a7640000"`],
      ["bal-noid", `"result":"0xde0b6b3a7640000"`],
      ["bal-int", `"id":3,"result":1000000000000000000`],
      ["bal-decstr", `"id":3,"result":"1000000000000000000"`],
      ["bal-lead0", `"id":3,"result":"0x000de0b6b3a7640000"`],
      ["bal-32b", `"id":3,"result":"0x${zeros}de0b6b3a7640000"`],
      ["bal-upper", `"id":3,"result":"0XDE0B6B3A7640000"`],
      ["bal-nox", `"id":3,"result":"de0b6b3a7640000"`],
      ["bal-neg", `"id":3,"result":"-0xde0b6b3a7640000"`],
      ["cv-403", `"id":3,"result":"0xde0b6b3a7640000"`],
      ["cv-refused", `"id":3,"result":"0xde0b6b3a7640000"`],
    ] as const
  ) {
    const reply = await ask(faults, `/${fault}`, call(3, "eth_getBalance"));
    assert.deepEqual(
      reply,
      { status: 200, text: `{"jsonrpc":"2.0",${members}}` },
      fault,
    );
    const spared = await ask(faults, `/${fault}`, call(4, "eth_chainId"));
    assert.equal(spared.text, `{"jsonrpc":"2.0","id":4,"result":"0x7a69"}`);
  }
});

Deno.test("startGoldenFaults() changes a batch answer by answer", async () => {
  await using node = startNode();
  await using faults = startGoldenFaults(node.url);
  const batch = [
    call(1, "eth_chainId"),
    call(2, "eth_getBalance"),
    call(3, "web3_clientVersion"),
  ];
  const changed = await ask(faults, "/bal-null/eth/v1.2", batch);
  assert.deepEqual(JSON.parse(changed.text), [
    { jsonrpc: "2.0", id: 1, result: "0x7a69" },
    { jsonrpc: "2.0", id: 2, result: null },
    { jsonrpc: "2.0", id: 3, result: "a node" },
  ]);
  const refused = await ask(faults, "/cv-refused", batch);
  assert.equal(JSON.parse(refused.text)[2].error.code, -32601);
  assert.equal((await ask(faults, "/cv-403", batch)).status, 403);
});

Deno.test("startGoldenFaults() refuses, sends HTML, closes and hangs", async () => {
  await using node = startNode();
  await using faults = startGoldenFaults(node.url);
  const balance = call(1, "eth_getBalance");
  const limited = await ask(faults, "/http429", balance);
  assert.equal(limited.status, 429);
  const { id, error } = JSON.parse(limited.text);
  assert.deepEqual([id, error.code], [null, -32005]);

  const page = await ask(faults, "/html", balance);
  assert.deepEqual([page.status, page.text.at(0)], [200, "<"]);
  await assert.rejects(ask(faults, "/close", balance), TypeError);
  await assert.rejects(
    ask(faults, "/hang-bal", balance, AbortSignal.timeout(50)),
    { name: "TimeoutError" },
  );
  const chain = await ask(faults, "/hang-bal", call(1, "eth_chainId"));
  assert.equal(chain.status, 200);
  assert.equal((await ask(faults, "/bal-no-such", balance)).status, 500);
  assert.equal((await ask(faults, "/no-such", balance)).status, 500);
});

Deno.test("startGoldenFaults() uses its mode behind /sw", async () => {
  await using node = startNode();
  await using faults = startGoldenFaults(node.url);
  const balance = call(1, "eth_getBalance");
  assert.equal((await ask(faults, "/sw", balance)).status, 200);
  faults.mode = "http500";
  assert.equal((await ask(faults, "/sw", balance)).status, 500);
  faults.mode = "bal-true";
  assert.match((await ask(faults, "/sw", balance)).text, /"result":true/);
});
