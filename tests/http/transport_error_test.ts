import assert from "node:assert/strict";
import { toTransportError, TransportError, type TransportReason } from "../../src/http/transport_error.ts";
import { startDeadline } from "../../src/http/deadline.ts";
import { systemClock } from "../../src/util/clock.ts";
import { post } from "../../src/jsonrpc/post.ts";
import { RpcError } from "../../src/jsonrpc/errors.ts";
import { CUT, endlessErrorPage, IMPROPER, sending, SILENT } from "../fakes/behaviours.ts";
import { createRunningClock } from "../fakes/fake_clock.ts";
import { PATIENCE } from "../program/until.ts";
import { openFake } from "../fakes/open_fake.ts";
import { type Behaviour, startTcpServer } from "../fakes/tcp_server.ts";

const CANARY = "C4nary";
const SECRETS = `/v2/${CANARY}?key=${CANARY}`;

/** Sends a request to a URL with a key in every place, which must fail without showing any of them. */
async function failureAt(base: string): Promise<RpcError> {
  const url = new URL(SECRETS, base);
  url.username = CANARY;
  url.password = CANARY;
  // It jumps to the deadline once a server holds the request.
  using clock = createRunningClock(PATIENCE);
  using opened = openFake(url.href, PATIENCE, clock);
  using deadline = startDeadline(clock, PATIENCE);
  try {
    await post(opened.endpoint, "{}", 1000, deadline);
  } catch (error) {
    assert.ok(error instanceof RpcError, String(error));
    const text = [error.message, error.stack, Deno.inspect(error), JSON.stringify(error), String(error.cause)].join();
    assert.ok(!text.includes(CANARY), text);
    assert.ok(!text.includes("127.0.0.1"), text);
    return error;
  }
  return assert.fail("the request did not fail");
}

async function failureOf(behaviour: Behaviour, scheme = "http"): Promise<RpcError> {
  await using node = startTcpServer(behaviour);
  return await failureAt(`${scheme}://127.0.0.1:${node.port}`);
}

const OVER_TLS: Readonly<Record<string, Behaviour>> = {
  "A5: a server without TLS": sending("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"),
  "A5: a server that closes in the handshake": async ({ receive }) => await receive(),
};

const PLAIN = { aborted: false, viaProxy: false };

for (const [name, behaviour] of Object.entries(SILENT)) {
  Deno.test(`post() ends at its deadline when a server ${name}`, async () => {
    assert.equal((await failureOf(behaviour)).reason, "timeout");
  });
}

Deno.test("post() returns the status of an error page that never ends", async () => {
  await using node = startTcpServer(endlessErrorPage);
  const stop = new AbortController();
  // The wall clock is read as soon as the headers have come: then the time is over.
  const clock = {
    ...systemClock,
    epoch(): number {
      setTimeout(() => stop.abort());
      return systemClock.epoch();
    },
  };
  using opened = openFake(node.url, PATIENCE, clock);
  using deadline = startDeadline(systemClock, PATIENCE, stop.signal);
  const { status, text, retryAfter } = await post(opened.endpoint, "{}", 1000, deadline);
  assert.deepEqual([status, text, retryAfter], [429, "", 7000]);
});

for (const [name, behaviour] of Object.entries(CUT)) {
  Deno.test(`post() reports a reset when a server ${name}`, async () => {
    assert.equal((await failureOf(behaviour)).reason, "reset");
  });
}

for (const [name, behaviour] of Object.entries(IMPROPER)) {
  Deno.test(`post() reports a protocol error when a server ${name}`, async () => {
    assert.equal((await failureOf(behaviour)).reason, "protocol");
  });
}

for (const [name, behaviour] of Object.entries(OVER_TLS)) {
  Deno.test(`post() reports a TLS error: ${name}`, async () => {
    assert.equal((await failureOf(behaviour, "https")).reason, "tls");
  });
}

Deno.test("L14: post() reports how far a request came before its deadline", async () => {
  let isSilent = true;
  await using node = startTcpServer(async ({ receive, send, wait }) => {
    await receive();
    if (isSilent) return await wait();
    await send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    await receive();
    await send("HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{");
    await wait();
  });
  using clock = createRunningClock(PATIENCE);
  using opened = openFake(node.url, PATIENCE, clock);
  const ask = async (): Promise<string> => {
    using deadline = startDeadline(clock, PATIENCE);
    return await post(opened.endpoint, "{}", 1000, deadline).then(({ text }) => text, ({ message }) => message);
  };
  assert.equal(await ask(), "no connection or no response within --rpc.timeout");
  isSilent = false;
  assert.equal(await ask(), "{}");
  isSilent = true;
  opened.endpoint.isConnected = true;
  assert.match(await ask(), /^no (complete )?response within --rpc.timeout$/);
});

Deno.test("post() reports a closed port", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  assert.equal((await failureAt(`http://127.0.0.1:${port}`)).reason, "connect");
});

Deno.test("post() reports a denied address, however it is spelled", async () => {
  for (const host of ["169.254.169.254", "0xa9fea9fe", "2852039166", "[::ffff:169.254.169.254]", "[fe80::1]"]) {
    assert.equal((await failureAt(`http://${host}`)).reason, "denied", host);
  }
});

Deno.test("post() reports a timeout when the enclosing signal is aborted", async () => {
  const stop = new AbortController();
  await using node = startTcpServer(async ({ receive, wait }) => {
    await receive();
    stop.abort();
    await wait();
  });
  using opened = openFake(node.url);
  using deadline = startDeadline(systemClock, 60_000, stop.signal);
  await assert.rejects(post(opened.endpoint, "{}", 1000, deadline), { name: "RpcError", reason: "timeout" });
});

/** What the runtime says where no server of ours can make it send so, as it was heard or as its source has it. */
const HEARD: readonly (readonly [reason: TransportReason, text: string])[] = [
  ["dns", "client error (Connect): dns error: failed to lookup address information: Name or service not known"],
  ["proxy", "client error (Connect): proxy authentication required"],
  ["proxy", "client error (Connect): tunnel error: unsuccessful"],
  ["tls", 'client error (Connect): invalid peer certificate: certificate not valid for name "proxy.example"'],
  ["tls", "client error (Connect): invalid peer certificate: UnknownIssuer"],
  ["tls", "client error (Connect): invalid peer certificate: Expired"],
  ["tls", "client error (Connect): received fatal alert: ProtocolVersion"],
  [
    "denied",
    'client error (Connect): Requires net access to "169.254.169.254:80", run again with the --allow-net flag',
  ],
  ["connect", "client error (Connect): tcp connect error: No route to host (os error 113)"],
  ["connect", "client error (Connect): tcp connect error: Network is unreachable (os error 101)"],
  ["connect", "client error (Connect): tcp connect error: Connection timed out (os error 110)"],
  ["reset", "client error (SendRequest): connection error: Connection reset by peer (os error 104)"],
  ["reset", "client error (SendRequest): connection error: peer closed connection without sending TLS close_notify"],
  ["protocol", "client error (SendRequest): invalid HTTP version parsed"],
  ["reset", "client error (SendRequest): connection error: Broken pipe (os error 32)"],
];

for (const [reason, text] of HEARD) {
  Deno.test(`toTransportError() reports ${reason}: ${text}`, () => {
    // Words in the URL itself must not decide.
    for (const word of ["proxy", "dns%20error", "certificate", "reset", "invalid"]) {
      const cause = new Error(`error sending request for url (https://${word}.example/${word}/${CANARY}): ${text}`);
      const error = toTransportError(new TypeError("fetch failed", { cause }), PLAIN);
      assert.equal(error.reason, reason);
      assert.ok(!error.message.includes(CANARY) && !error.message.includes("example"));
    }
  });
}

Deno.test("toTransportError() accepts whatever may be thrown", () => {
  const endless = new Error("a");
  endless.cause = endless;
  for (const thrown of [undefined, null, "text", 5, {}, new Error(), endless]) {
    assert.ok(toTransportError(thrown, PLAIN) instanceof TransportError);
  }
  const { reason, message } = toTransportError(new Error(), { ...PLAIN, aborted: true, onTimeout: "too slow" });
  assert.deepEqual([reason, message], ["timeout", "too slow"]);
  const own = new TransportError("redirect", "more");
  assert.equal(toTransportError(own, { ...PLAIN, aborted: true }), own);
});

Deno.test("toTransportError() reports proxy for a failed connection through one", () => {
  const viaProxy = { aborted: false, viaProxy: true };
  for (const text of ["tcp connect error: connection refused", "dns error: failed to lookup address"]) {
    const cause = new Error(`client error (Connect): ${text}`);
    assert.equal(toTransportError(new TypeError("fetch failed", { cause }), viaProxy).reason, "proxy");
  }
});
