import assert from "node:assert/strict";
import { startFakeNode } from "../fakes/fake_node.ts";
import { startExporter } from "../program/exporter.ts";
import { freePort } from "../program/free_port.ts";
import { firstPoll } from "../program/wait_for_poll.ts";
import { makeCertificates } from "../rig/certificates.ts";
import { startTlsFront } from "../rig/tls_front.ts";

Deno.test("SE2: variables of the runtime neither move the listener nor add authorities", async () => {
  await using certificates = await makeCertificates("S2");
  if (certificates === undefined) return;
  await using node = startFakeNode();
  await using front = startTlsFront(certificates.good, Number(new URL(node.url).port));
  const elsewhere = freePort();
  const exporter = startExporter({
    WALLET_CONFIG: JSON.stringify({ [front.url]: [{ address: `0x${"ab".repeat(20)}`, label: "w" }] }),
    NODE_EXTRA_CA_CERTS: certificates.authority,
    NODE_TLS_REJECT_UNAUTHORIZED: "0",
    DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${elsewhere}`,
  });
  try {
    const { text } = await firstPoll(exporter);
    assert.match(text, /rpc_errors_total\{[^}]*reason="tls"[^}]*\} [1-9]/);
    assert.equal(node.seen.length, 0);
    await assert.rejects(Deno.connect({ hostname: "127.0.0.1", port: elsewhere }));
  } finally {
    await exporter.terminate(5000);
  }
});
