import assert from "node:assert/strict";
import { postToApi } from "../../src/alertmanager/post_to_api.ts";
import { systemClock } from "../../src/util/clock.ts";
import { createRunningClock, holdRequest } from "../fakes/fake_clock.ts";
import { makeCertificates } from "../rig/certificates.ts";

/** Where a test's server is, with nothing secret. */
function urlOf(href: string): Parameters<typeof postToApi>[0]["url"] {
  return { name: "alertmanager", reveal: () => ({ href, headers: [] }) };
}

const NEVER = new AbortController().signal;

Deno.test("postToApi() trusts the CA of its configuration, and says why it does not trust another", async () => {
  await using certificates = await makeCertificates("the CA of an Alertmanager");
  if (certificates === undefined) return;
  const { good, authority } = certificates;
  const bodies: string[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, ...good, onListen() {} },
    async (request) => {
      bodies.push(`${request.method} ${request.headers.get("content-type")} ${await request.text()}`);
      return new Response();
    },
  );
  const url = urlOf(`https://localhost:${server.addr.port}/api/v2/alerts`);
  const caCerts = [await Deno.readTextFile(authority)];
  assert.equal(await postToApi({ url, caCerts }, "[]", systemClock, NEVER), undefined);
  assert.deepEqual(bodies, ["POST application/json []"]);
  const other = await postToApi({ url, caCerts: [] }, "[]", systemClock, NEVER);
  assert.equal(other?.message, "Alertmanager cannot be reached");
  assert.match(other?.error ?? "", /the certificate's issuer is unknown/);
});

Deno.test("postToApi() gives a silent Alertmanager up after ten seconds", async () => {
  using clock = createRunningClock(10_000);
  const held = Promise.withResolvers<Response>();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ signal }) => {
    const request = holdRequest();
    signal.addEventListener("abort", () => {
      request[Symbol.dispose]();
      held.resolve(new Response());
    });
    return held.promise;
  });
  const url = urlOf(`http://127.0.0.1:${server.addr.port}/api/v2/alerts`);
  const refused = await postToApi({ url, caCerts: [] }, "[]", clock, NEVER);
  assert.deepEqual(refused, {
    message: "Alertmanager cannot be reached",
    error: "no complete response in time",
    isOfBatch: false,
  });
});

Deno.test("postToApi() may be followed by others if a request has an invalid alert, or is too large for a proxy", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => new Response("no", { status: Number(new URL(request.url).pathname.slice(1)) }),
  );
  for (const status of [400, 401, 404, 413, 429, 500, 503]) {
    const url = urlOf(`http://127.0.0.1:${server.addr.port}/${status}`);
    const refused = await postToApi({ url, caCerts: [] }, "[]", systemClock, NEVER);
    assert.equal(refused?.isOfBatch, status === 400 || status === 413);
    assert.match(refused?.error ?? "", new RegExp(`^HTTP ${status}: no`));
  }
});

Deno.test("postToApi() does not take a page for people for Alertmanager", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("<html>", { headers: { "content-type": "text/html; charset=utf-8" } }),
  );
  const refused = await postToApi(
    { url: urlOf(`http://127.0.0.1:${server.addr.port}`), caCerts: [] },
    "[]",
    systemClock,
    NEVER,
  );
  assert.match(refused?.error ?? "", /page for people/);
});
