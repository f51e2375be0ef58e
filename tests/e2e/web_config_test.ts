import assert from "node:assert/strict";
import { hash } from "bcryptjs";
import { startFakeNode } from "../fakes/fake_node.ts";
import { runOutside, skipCheck } from "../fakes/outside_tool.ts";
import { runProgram, startExporter } from "../program/exporter.ts";
import { PATIENCE, until } from "../program/until.ts";
import { makeCertificates } from "../rig/certificates.ts";

const WALLET = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";

/** What curl says: the status, or how it ended. */
async function curl(url: string, ...args: readonly string[]): Promise<string> {
  const format = "%{http_code} %{http_version}";
  const result = await runOutside(["curl", "-s", "-o", "/dev/null", "-w", format, ...args, url], "");
  assert.ok(result !== undefined, "there is no curl");
  return result.code === 0 ? result.output : `failed ${result.code}`;
}

Deno.test("the listener applies TLS and passwords of a file, and its changes", async () => {
  await using certificates = await makeCertificates("TLS on the listener");
  if (certificates === undefined) return;
  if (await runOutside(["curl", "--version"], "") === undefined) return skipCheck("TLS on the listener", "no curl");
  await using node = startFakeNode({ overrides: true });
  const folder = await Deno.makeTempDir();
  const write = (cert: string, key: string): Promise<unknown> =>
    Promise.all([Deno.writeTextFile(`${folder}/tls.crt`, cert), Deno.writeTextFile(`${folder}/tls.key`, key)]);
  await write(certificates.misnamed.cert, certificates.misnamed.key);
  const config = (secret: string): string =>
    `tls_server_config: { cert_file: tls.crt, key_file: tls.key }
http_server_config: { headers: { Strict-Transport-Security: max-age=60 } }
basic_auth_users: { prometheus: "${secret}" }
`;
  const file = `${folder}/web.yml`;
  await Deno.writeTextFile(file, config(await hash("s3cret", 4)));
  const exporter = startExporter({
    WALLET_CONFIG: JSON.stringify({ [node.url]: [{ address: WALLET, label: "w" }] }),
    WEB_CONFIG_FILE: file,
  });
  const base = `https://localhost:${exporter.port}`;
  const trusted = ["--cacert", certificates.authority];
  try {
    await until("it serves", async () => (await curl(`${base}/-/ready`, "-k")).startsWith("200"));
    assert.equal(await curl(`${base}/metrics`, "-k"), "401 2");
    assert.equal(await curl(`${base}/metrics`, "-k", "-u", "prometheus:wrong"), "401 2");
    assert.equal(await curl(`${base}/metrics`, "-k", "-u", "nobody:s3cret"), "401 2");
    assert.equal(await curl(`${base}/metrics`, "-k", "-u", "prometheus:s3cret"), "200 2");
    assert.equal(await curl(`${base}/metrics`, "-k", "--http1.1", "-u", "prometheus:s3cret"), "200 1.1");
    assert.equal(await curl(`${base}/healthz`, "-k"), "200 2");
    assert.match(await curl(`http://localhost:${exporter.port}/metrics`), /^failed/);
    assert.equal(await curl(`${base}/healthz`, "-k", "--tls-max", "1.1"), "failed 35");
    assert.equal(await curl(`${base}/healthz`, "-k", "--tls-max", "1.2"), "200 2");
    assert.equal(await curl(`${base}/healthz`, ...trusted), "failed 60");
    const env = { METRICS_PORT: String(exporter.port), WEB_CONFIG_FILE: file };
    assert.equal((await runProgram(["healthcheck"], env)).code, 0);

    await write(certificates.good.cert, certificates.good.key);
    await until("the new certificate is used", async () => await curl(`${base}/healthz`, ...trusted) === "200 2");
    // A key that is not the certificate's changes nothing.
    await write(certificates.good.cert, certificates.expired.key);
    const refused = /Invalid web configuration/;
    await until("the wrong key is refused", () => refused.test(exporter.logged()));
    assert.equal(await curl(`${base}/healthz`, ...trusted), "200 2");
    await write(certificates.good.cert, certificates.good.key);
    await Deno.writeTextFile(file, config(await hash("an0ther", 4)));
    await until(
      "the new password is taken",
      async () => await curl(`${base}/metrics`, ...trusted, "-u", "prometheus:an0ther") === "200 2",
    );
    assert.equal(await curl(`${base}/metrics`, ...trusted, "-u", "prometheus:s3cret"), "401 2");
  } finally {
    await exporter.terminate(PATIENCE);
    await Deno.remove(folder, { recursive: true });
  }
  const { stderr, code } = await exporter.ended;
  assert.equal(code, 0);
  assert.match(stderr, /Invalid web configuration.*the key does not match the certificate/);
  assert.doesNotMatch(stderr, /s3cret|an0ther|BEGIN/);
});

const REFUSED: Readonly<Record<string, readonly [text: string, message: RegExp]>> = {
  "an unknown key": [
    "basic_auth_user: {}",
    /1:1: error: basic_auth_user: Unknown key.*Did you mean basic_auth_users\?/,
  ],
  "client certificates": [
    "tls_server_config:\n  cert: a\n  key: b\n  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt",
    /4:3: error: .*Client certificates are not supported.*\n.*5:3: error: .*Client certificates/,
  ],
  "old versions of TLS": [
    "tls_server_config: { cert: a, key: b, min_version: TLS10 }",
    /TLS 1\.2 and 1\.3 are always offered/,
  ],
  "a password in plain": ["basic_auth_users: { ann: s3cret }", /basic_auth_users\.ann: Must be a bcrypt hash/],
  "a certificate without its key": ["tls_server_config: { cert: a }", /Missing required key "key_file" or "key"/],
  "a missing certificate": [
    "tls_server_config: { cert_file: no.crt, key_file: no.key }",
    /Cannot read .*no\.crt: it does not exist/,
  ],
  "an invalid certificate": [
    "tls_server_config: { cert: s3cret, key: s3cret }",
    /Invalid TLS certificate: not PEM/,
  ],
};

for (const [what, [text, message]] of Object.entries(REFUSED)) {
  Deno.test(`the listener does not start with ${what} in its web configuration`, async () => {
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(`${folder}/web.yml`, text);
    const { code, stderr } = await runProgram([`--web.config.file=${folder}/web.yml`], { WALLET_CONFIG: "{}" });
    await Deno.remove(folder, { recursive: true });
    assert.equal(code, 1);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /s3cret/);
  });
}
