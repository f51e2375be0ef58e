import assert from "node:assert/strict";
import { request, type RequestOptions, type SecretUrl } from "../../src/http/request.ts";
import { readBodyLimited } from "../../src/http/response.ts";
import { TransportError } from "../../src/http/transport_error.ts";
import { createRunningClock } from "../fakes/fake_clock.ts";
import { systemClock } from "../../src/util/clock.ts";
import { startTcpServer } from "../fakes/tcp_server.ts";
import { PATIENCE } from "../program/until.ts";

const OPTIONS: RequestOptions = { headers: {}, clock: systemClock, timeout: PATIENCE, maxBytes: () => 1000 };

/** A server that answers each request so. */
async function withServer(
  handler: (request: Request) => Response | Promise<Response>,
  run: (url: SecretUrl) => Promise<void>,
): Promise<void> {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  const href = `http://127.0.0.1:${server.addr.port}/key`;
  await run({ name: "server", reveal: () => ({ href, headers: [["x-own", "url"]] }) });
}

Deno.test("request() sends method, headers and body; those of the URL take precedence", async () => {
  const seen: unknown[] = [];
  await withServer(async (received) => {
    const { method, headers } = received;
    assert.match(headers.get("user-agent") ?? "", /^wallet-balance-exporter\/\d/);
    seen.push([method, headers.get("x-own"), headers.get("x-other"), await received.text()]);
    return new Response("done", { status: 201, headers: { etag: "v1" } });
  }, async (url) => {
    const headers = { "x-own": "option", "x-other": "option" };
    const response = await request(url, { ...OPTIONS, method: "PUT", headers, body: "page" });
    assert.deepEqual([response.status, response.headers.get("etag"), response.complete], [201, "v1", true]);
    assert.equal(new TextDecoder().decode(response.bytes), "done");
  });
  assert.deepEqual(seen, [["PUT", "url", "option", "page"]]);
});

Deno.test("request() follows no redirect, and reads as much as its status allows", async () => {
  const paths: string[] = [];
  await withServer(({ url }) => {
    paths.push(new URL(url).pathname);
    return new Response("x".repeat(100), { status: 302, headers: { location: "/elsewhere" } });
  }, async (url) => {
    const { status, bytes, complete } = await request(url, {
      ...OPTIONS,
      maxBytes: (status) => status === 302 ? 10 : 1000,
    });
    assert.deepEqual([status, bytes.length, complete], [302, 10, false]);
  });
  assert.deepEqual(paths, ["/key"]);
});

Deno.test("request() needs no body of a status that allows none", async () => {
  await using node = startTcpServer(async ({ receive, send, wait }) => {
    await receive();
    await send("HTTP/1.1 500 Internal Server Error\r\ncontent-length: 20\r\n\r\n");
    await wait();
  });
  const url = { name: "server", reveal: () => ({ href: node.url, headers: [] }) };
  assert.equal((await request(url, { ...OPTIONS, maxBytes: () => 0 })).status, 500);
});

Deno.test("request() ends at its timeout, or with its signal", async () => {
  const stop = new AbortController();
  await using node = startTcpServer(async ({ receive, wait }) => {
    await receive();
    await wait();
  });
  const url = { name: "server", reveal: () => ({ href: node.url, headers: [] }) };
  using clock = createRunningClock(PATIENCE);
  const late = { name: "TransportError", reason: "timeout" };
  await assert.rejects(request(url, { ...OPTIONS, clock }), late);
  stop.abort();
  await assert.rejects(request(url, { ...OPTIONS, signal: stop.signal }), late);
});

Deno.test("request() reports a denied address as a TransportError", async () => {
  const url = { name: "server", reveal: () => ({ href: "http://169.254.169.254/", headers: [] }) };
  await assert.rejects(request(url, OPTIONS), (error) => error instanceof TransportError && error.reason === "denied");
});

Deno.test("readBodyLimited() reads chunks up to the limit, and cancels the rest", async () => {
  for (
    const [limit, text, complete] of [[5, "abcde", false], [6, "abcdef", true], [7, "abcdef", true], [
      0,
      "",
      false,
    ]] as const
  ) {
    let cancelled = false;
    const chunks = ["abcd", "ef"].map((chunk) => new TextEncoder().encode(chunk)).values();
    const body = new ReadableStream<Uint8Array>({
      pull(controller): void {
        const { value, done } = chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel(): void {
        cancelled = true;
      },
    }, { highWaterMark: 0 });
    const read = await readBodyLimited(new Response(body), limit);
    assert.deepEqual([new TextDecoder().decode(read.bytes), read.complete, cancelled], [text, complete, !complete]);
  }
});
