import assert from "node:assert/strict";
import { startFakeNode } from "../fakes/fake_node.ts";
import { BINARY } from "../program/exporter_command.ts";
import { startExporter } from "../program/exporter.ts";
import { firstPoll } from "../program/wait_for_poll.ts";
import { makeCertificates } from "../rig/certificates.ts";
import { startTlsFront } from "../rig/tls_front.ts";

Deno.test("SE2: the binary writes no secrets of TLS, and logs no connections, whatever the environment", async () => {
  assert.ok(BINARY !== undefined, "EXPORTER_BIN names no binary");
  await using certificates = await makeCertificates("S2");
  if (certificates === undefined) return;
  await using node = startFakeNode();
  await using front = startTlsFront(certificates.good, Number(new URL(node.url).port));
  const folder = await Deno.makeTempDir();
  const wallet = { address: `0x${"ab".repeat(20)}`, label: "w" };
  const exporter = startExporter({
    WALLET_CONFIG: JSON.stringify({ [front.url]: [wallet] }),
    DENO_CERT: certificates.authority,
    SSLKEYLOGFILE: `${folder}/keys`,
    DENO_LOG: "trace",
  });
  try {
    await firstPoll(exporter);
    assert.ok(node.seen.length > 0, "nothing was sent over TLS");
    assert.deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
    assert.doesNotMatch(exporter.logged(), /TRACE|DEBUG/);
  } finally {
    await exporter.terminate(5000);
    await Deno.remove(folder, { recursive: true });
  }
});
