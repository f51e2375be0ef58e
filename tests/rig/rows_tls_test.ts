import assert from "node:assert/strict";
import { skipCheck } from "../fakes/outside_tool.ts";
import { startExporter } from "../program/exporter.ts";
import { freePort } from "../program/free_port.ts";
import { type Page, scrape } from "../program/page.ts";
import { until } from "../program/until.ts";
import { firstPoll } from "../program/wait_for_poll.ts";
import { type Certificate, makeCertificates } from "./certificates.ts";
import { type FaultServer, startFaultServer } from "./fault_server.ts";
import { startWatching, startWorld, type World } from "./rig.ts";
import { startTlsFront, type TlsFront } from "./tls_front.ts";

const ADDRESS = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";

interface Guarded extends AsyncDisposable {
  readonly front: TlsFront;
  readonly server: FaultServer;
}

function guard(certificate: Certificate, { anvil }: World): Guarded {
  const server = startFaultServer(anvil.url);
  const front = startTlsFront(certificate, Number(new URL(server.url).port));
  return {
    front,
    server,
    async [Symbol.asyncDispose](): Promise<void> {
      await front[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

Deno.test("A5: a certificate of an unknown issuer is refused, and nothing is sent in the clear", async () => {
  await using certificates = await makeCertificates("A5");
  if (certificates === undefined) return;
  await using world = await startWorld();
  await using guarded = guard(certificates.good, world);
  using watching = startWatching([guarded.front.url]);
  for (let cycle = 0; cycle < 3; cycle++) await watching.cycle();
  assert.deepEqual([...watching.reasons()], ["tls"]);
  assert.ok(watching.accounts.every(({ failure, reading }) => failure === "tls" && reading === undefined));
  assert.equal(guarded.server.seen.length, 0);
  using pool = startWatching([guarded.front.url, `${world.anvil.url}/`], { plan: { chainId: 31337 } });
  await pool.cycle();
  assert.equal(world.oracle.check(pool.accounts), pool.accounts.length, "F: the other endpoint did not take over");
});

Deno.test("A5, A13, L4: an endpoint with a private CA needs the right certificate, over HTTP/1.1, redirected to or not", async () => {
  await using certificates = await makeCertificates("A5 and A13");
  if (certificates === undefined) return;
  await using world = await startWorld();
  await world.anvil.setBalance(ADDRESS, 7n);
  await using good = guard(certificates.good, world);
  await using expired = guard(certificates.expired, world);
  await using misnamed = guard(certificates.misnamed, world);
  await using old = await startOldServer(certificates.files);
  const { port } = new URL(good.front.url);
  await using plain = startRedirect((path) => `https://localhost:${port}${path}`);
  const urls = {
    good: good.front.url,
    redirected: plain.url,
    expired: expired.front.url,
    misnamed: misnamed.front.url,
    old: old.url,
  };
  const config = Object.fromEntries(
    Object.entries(urls).map(([label, url]) => [url, [{ address: ADDRESS, label, min_balance_eth: 1 }]]),
  );
  const exporter = startExporter({
    WALLET_CONFIG: JSON.stringify(config),
    CHECK_INTERVAL: "1",
    DENO_CERT: certificates.authority,
  });
  try {
    await firstPoll(exporter);
    const page = await scrape(exporter.port);
    assert.equal(valueOf(page, "wallet_balance_wei", "good"), 7, "the own authority is not trusted");
    assert.equal(valueOf(page, "wallet_balance_wei", "redirected"), 7, "the redirect to https is not followed");
    for (const label of ["expired", "misnamed", "old"]) {
      assert.equal(valueOf(page, "wallet_balance_check_success", label), 0, label);
      assert.equal(valueOf(page, "wallet_balance_wei", label), undefined, label);
    }
    for (const label of ["expired", "misnamed", ...(old.left ? [] : ["old"])] as const) {
      const { host } = new URL(urls[label as keyof typeof urls]);
      assert.ok(reasonsOf(page, host).includes("tls"), `${label} is called ${reasonsOf(page, host)}`);
    }
  } finally {
    await exporter.terminate(2000);
  }
  assert.deepEqual([expired.server.seen.length, misnamed.server.seen.length], [0, 0]);
  assert.ok(good.front.protocols.length > 0, "nobody came");
  assert.ok(good.front.protocols.every((protocol) => protocol !== "h2"), `agreed on ${good.front.protocols}`);
});

/** A server without TLS that redirects all requests, as an ingress does. */
function startRedirect(target: (path: string) => string): { readonly url: string } & AsyncDisposable {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    await request.body?.cancel();
    return new Response(null, { status: 308, headers: { location: target(new URL(request.url).pathname) } });
  });
  return { url: `http://localhost:${server.addr.port}/`, [Symbol.asyncDispose]: () => server.shutdown() };
}

/** A server that speaks TLS 1.0 only; `left` when openssl does not have it any more. */
async function startOldServer(
  [cert, key]: readonly [string, string],
): Promise<{ readonly url: string; readonly left: boolean } & AsyncDisposable> {
  const port = freePort();
  const child = new Deno.Command("openssl", {
    args: [
      "s_server",
      "-accept",
      `${port}`,
      "-cert",
      cert,
      "-key",
      key,
      "-tls1",
      "-cipher",
      "ALL:@SECLEVEL=0",
      "-quiet",
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let left = false;
  const ended = child.status.then(() => {
    left = true;
  });
  await until("a server with TLS 1.0", async () => left || await answers(port));
  if (left) skipCheck("A5: TLS 1.0", "this openssl has none");
  return {
    url: `https://localhost:${port}/`,
    left,
    async [Symbol.asyncDispose](): Promise<void> {
      if (!left) child.kill("SIGTERM");
      await ended;
    },
  };
}

async function answers(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}

function valueOf(page: Page | undefined, name: string, label: string): number | undefined {
  return page?.series.find((series) => series.name === name && series.labels["label"] === label)?.value;
}

function reasonsOf(page: Page | undefined, host: string): readonly string[] {
  const lines = page?.text.split("\n").filter((line) => /rpc_errors_total\{/.test(line) && line.includes(host)) ?? [];
  return lines.filter((line) => !line.endsWith(" 0")).map((line) => /reason="(\w+)"/.exec(line)?.[1] ?? "");
}
