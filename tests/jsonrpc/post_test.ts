import assert from "node:assert/strict";
import { systemClock } from "../../src/util/clock.ts";
import { startDeadline } from "../../src/http/deadline.ts";
import { type Answer, post } from "../../src/jsonrpc/post.ts";
import { type Canned, gzip, HTML, json, responseOf } from "../fakes/canned_answers.ts";
import { sendEndless, sendHuge } from "../fakes/behaviours.ts";
import { startFakeNode } from "../fakes/fake_node.ts";
import { openFake } from "../fakes/open_fake.ts";
import { type Behaviour, startTcpServer } from "../fakes/tcp_server.ts";
import { PATIENCE } from "../program/until.ts";

const MOST = 4096;

async function postTo(href: string): Promise<Answer> {
  using opened = openFake(href);
  using deadline = startDeadline(systemClock, PATIENCE);
  return await post(opened.endpoint, "{}", MOST, deadline);
}

async function answerOf(canned: Canned): Promise<Answer> {
  await using node = startFakeNode({ instead: () => responseOf(canned) });
  return await postTo(node.url);
}

async function answerOfRaw(behaviour: Behaviour): Promise<Answer> {
  await using node = startTcpServer(behaviour);
  return await postTo(node.url);
}

Deno.test("post() returns the body and its size", async () => {
  assert.deepEqual(await answerOf(json(200, { a: "é" })), {
    status: 200,
    text: '{"a":"é"}',
    receivedBytes: 10,
    encoding: undefined,
    retryAfter: undefined,
  });
});

Deno.test("post() sends the credentials in a header and not in the URL", async () => {
  await using node = startFakeNode({ instead: () => Response.json({}) });
  const url = new URL("/v2/key?a=b", node.url);
  url.username = "me";
  url.password = "pass";
  await postTo(url.href);
  assert.deepEqual(node.seen.map(({ headers }) => headers.get("authorization")), [`Basic ${btoa("me:pass")}`]);
});

Deno.test("C1: post() tolerates a byte order mark", async () => {
  assert.equal((await answerOf({ status: 200, body: "\uFEFF{}" })).text, "{}");
});

Deno.test("B2: post() accepts a response without a body", async () => {
  for (const status of [204, 200]) {
    const { text, receivedBytes } = await answerOf({ status });
    assert.deepEqual([text, receivedBytes], ["", 0]);
  }
});

Deno.test("B15: post() decodes what the runtime asks for", async () => {
  const { text, receivedBytes } = await answerOf(await gzip(new TextEncoder().encode(" ".repeat(MOST))));
  assert.deepEqual([text.length, receivedBytes], [MOST, MOST], "bytes are counted after decompression");
});

Deno.test("B13: post() stops at the cap", async (t) => {
  const bomb = await gzip(new Uint8Array(64 * 1024 * 1024));
  const cases: Readonly<Record<string, () => Promise<Answer>>> = {
    "a gzip bomb of 64 MB": () => answerOf(bomb),
    "chunks without an end": () => answerOfRaw(sendEndless),
    "a length of 10 GB": () => answerOfRaw(sendHuge),
    "one byte too many": () => answerOf({ status: 200, body: " ".repeat(MOST + 1) }),
  };
  for (const [name, run] of Object.entries(cases)) {
    await t.step(name, async () => await assert.rejects(run(), { name: "RpcError", reason: "too_large" }));
  }
});

Deno.test("post() accepts a body of exactly the cap", async () => {
  assert.equal((await answerOf({ status: 200, body: " ".repeat(MOST) })).text.length, MOST);
});

Deno.test("post() cuts an error page short and keeps its status", async () => {
  const { status, text } = await answerOf({ status: 500, body: HTML + " ".repeat(10_000_000) });
  assert.equal(status, 500);
  assert.ok(text.startsWith(HTML), "its beginning is lost");
  assert.equal(text.length, 16 * 1024);
});

Deno.test("A11: post() survives an idle connection that the server closed", async () => {
  let asked = 0;
  await using node = startTcpServer(async ({ receive, send }) => {
    await receive();
    asked++;
    await send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
  });
  using opened = openFake(node.url);
  using deadline = startDeadline(systemClock, PATIENCE);
  for (let request = 0; request < 5; request++) {
    assert.equal((await post(opened.endpoint, "{}", MOST, deadline)).text, "{}");
  }
  assert.equal(asked, 5);
});
