import assert from "node:assert/strict";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { startHttpProxy } from "./http_proxy.ts";
import { type RawServer, serveRaw } from "./raw_server.ts";

/** A server that answers every request with its name. */
function startNamed(name: string): Promise<RawServer> {
  const reply = { status: 200, type: "text/plain", body: name };
  return serveRaw(() => Promise.resolve(reply));
}

/** As a client does that was told of a proxy: it sends the whole URL there. */
function askThrough(proxy: string, target: string): Promise<string> {
  const { hostname, port } = new URL(proxy);
  return new Promise((resolve, reject) => {
    request(
      { hostname, port, path: target, method: "POST", agent: false },
      (response) => text(response).then(resolve, reject),
    ).on("error", reject).end("{}");
  });
}

Deno.test("startHttpProxy() finds the node by host, port and path", async () => {
  await using one = await startNamed("one");
  await using two = await startNamed("two");
  await using proxy = await startHttpProxy();
  proxy.routes = {
    "ETH-Main.example.com": `http://127.0.0.1:${one.port}`,
    "geth:8545": `http://127.0.0.1:${two.port}`,
    "rpc.example/eth": `http://127.0.0.1:${one.port}`,
    "rpc.example/polygon": `http://127.0.0.1:${two.port}`,
  };
  for (
    const [url, answer] of [
      ["http://ETH-Main.example.com//v1//x", "one"],
      ["http://geth:8545", "two"],
      ["http://rpc.example/eth", "one"],
      ["http://rpc.example/polygon/v2", "two"],
      ["http://rpc.example/ethical", "No route to this host"],
      ["http://geth", "No route to this host"],
    ] as const
  ) {
    assert.equal(await askThrough(proxy.url, url), answer, url);
  }
});
