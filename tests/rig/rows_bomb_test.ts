import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { type Behaviour, startTcpServer } from "../fakes/tcp_server.ts";
import { spendBudget } from "./force_way.ts";
import { startWatching, startWorld } from "./rig.ts";

const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
const CHUNK = `10000\r\n${" ".repeat(0x10000)}\r\n`;
/** A client without a bound would read all of it; the machine bears that. */
const MAX_SENT = 64 * 1024 * 1024;
/** What is on its way when a client stops to read: the buffers of both sides. */
const ON_ITS_WAY = 16 * 1024 * 1024;

interface Sent {
  bytes: number;
}

/** Sends chunks after a head until the client goes, or the machine has had enough. */
function chunksAfter(head: string, sent: Sent): Behaviour {
  return async ({ receive, send }) => {
    await receive();
    await send(head);
    for (; sent.bytes < MAX_SENT; sent.bytes += 0x10000) await send(CHUNK);
  };
}

/** Heads that announce a small length, before a body that never ends. */
const FALSE_LENGTHS: Readonly<Record<string, string>> = {
  "chunks without an end": `${HEAD}transfer-encoding: chunked\r\n\r\n`,
  "a length of 5, and chunks without an end": `${HEAD}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n`,
  "chunks without an end, and a length of 5": `${HEAD}transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n`,
};

for (const [title, head] of Object.entries(FALSE_LENGTHS)) {
  Deno.test(`B13, I8: an endpoint is not read past the expected size: ${title}`, async () => {
    await using world = await startWorld();
    const sent: Sent = { bytes: 0 };
    await using node = startTcpServer(chunksAfter(head, sent));
    using watching = startWatching([node.url], { timeout: 2000 });
    spendBudget(watching);
    await watching.cycle();
    assert.ok(sent.bytes < ON_ITS_WAY, `${Math.round(sent.bytes / 2 ** 20)} MB were read for an answer of 5 kB`);
    assert.deepEqual([...watching.reasons()], ["too_large"]);
    assert.equal(world.oracle.check(watching.accounts), 0);
  });
}

Deno.test("B13, I8: an endpoint is not unpacked past the expected size: a small length before a gzip bomb", async () => {
  const bomb = gzipSync(new Uint8Array(MAX_SENT));
  await using node = startTcpServer(async ({ receive, send, wait }) => {
    await receive();
    await send(`${HEAD}content-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`);
    await send(bomb);
    await wait(20);
  });
  using watching = startWatching([node.url], { timeout: 2000 });
  spendBudget(watching);
  await watching.cycle();
  assert.deepEqual([...watching.reasons()], ["too_large"]);
});
