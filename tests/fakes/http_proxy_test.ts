import assert from "node:assert/strict";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { startHttpProxy } from "./http_proxy.ts";
import { http, startTcpServer, type TcpServer } from "./tcp_server.ts";

/** A server that answers every request with its name. */
function startNamed(name: string): TcpServer {
  return startTcpServer(http(() => Promise.resolve(new Response(name))));
}

/** As a client of a proxy does: it sends the whole URL there. */
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
  await using one = startNamed("one");
  await using two = startNamed("two");
  await using proxy = startHttpProxy();
  proxy.routes = {
    "ETH-Main.example.com": one.url,
    "geth:8545": two.url,
    "rpc.example/eth": one.url,
    "rpc.example/polygon": two.url,
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
