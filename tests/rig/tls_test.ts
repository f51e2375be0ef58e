import assert from "node:assert/strict";
import { createServer, type TLSSocket } from "node:tls";
import { leaveOut, runOutside } from "../fakes/outside_tool.ts";
import { startWatching, startWorld, WALLETS } from "./rig.ts";

interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Makes a certificate that nobody has signed but itself. */
async function makeCertificate(name: string): Promise<Certificate | undefined> {
  const folder = await Deno.makeTempDir();
  try {
    const [key, cert] = [`${folder}/key.pem`, `${folder}/cert.pem`];
    const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
    const made = await runOutside(
      [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        ...subject,
        "-keyout",
        key,
        "-out",
        cert,
      ],
      "",
    );
    if (made === undefined) return undefined;
    assert.equal(made.code, 0, made.said);
    return { key: await Deno.readTextFile(key), cert: await Deno.readTextFile(cert) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function startTls(
  options: Certificate & Record<string, unknown>,
): Promise<{ readonly url: string; readonly offered: string[] } & AsyncDisposable> {
  const offered: string[] = [];
  const sockets = new Set<TLSSocket>();
  const server = createServer({
    ...options,
    ALPNCallback: ({ protocols }) => {
      offered.push(...protocols);
      return protocols[0];
    },
  }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.end();
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return {
    url: `https://localhost:${address.port}/`,
    offered,
    async [Symbol.asyncDispose](): Promise<void> {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

Deno.test("A5: a certificate that cannot be trusted is refused, and another endpoint takes over", async () => {
  const rows: readonly [string, string, Record<string, unknown>][] = [
    ["unknown issuer", "localhost", {}],
    ["unknown issuer and wrong name", "other.example", {}],
    ["TLS 1.1 at most", "localhost", { maxVersion: "TLSv1.1", minVersion: "TLSv1" }],
  ];
  await using world = await startWorld();
  for (const [name, host, options] of rows) {
    const certificate = await makeCertificate(host);
    if (certificate === undefined) return leaveOut("TLS faults", "there is no openssl");
    await using server = await startTls({ ...certificate, ...options });
    using watching = startWatching([server.url], { timeout: 2000 });
    await watching.cycle();
    assert.equal(world.oracle.check(watching.accounts), 0);
    assert.deepEqual([...watching.reasons()], ["tls"], name);
    using pool = startWatching([server.url, `${world.anvil.url}/`], { timeout: 2000, plan: { chainId: 31337 } });
    await pool.cycle();
    assert.equal(world.oracle.check(pool.accounts), WALLETS);
    // A13: one silent connection of HTTP/2 would be all connections.
    assert.ok(!server.offered.includes("h2"), "HTTP/2 was offered");
  }
});
