import assert from "node:assert/strict";
import { readWebConfig } from "../../../src/config/web/web_config.ts";
import { ExitError } from "../../../src/util/errors.ts";

const HASH = "$2y$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234";

async function inFolder<T>(files: Readonly<Record<string, string>>, use: (file: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${folder}/${name}`, text);
    return await use(`${folder}/web.yml`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("readWebConfig() reads every supported key of the toolkit", async () => {
  const text = `tls_server_config:
  cert_file: tls.crt
  key_file: tls.key
  client_auth_type: NoClientCert
  min_version: TLS12
  max_version: TLS13
http_server_config:
  http2: true
  headers: { X-Frame-Options: deny, Strict-Transport-Security: max-age=1 }
basic_auth_users: { ann: ${HASH} }
`;
  await inFolder({ "web.yml": text, "tls.crt": "CERT", "tls.key": "KEY" }, async (file) => {
    const stamps = new Map<string, string>();
    const { tls, headers, users } = await readWebConfig(file, stamps);
    assert.deepEqual(tls, { cert: "CERT", key: "KEY" });
    assert.deepEqual(headers, { "X-Frame-Options": "deny", "Strict-Transport-Security": "max-age=1" });
    assert.deepEqual([...users], [["ann", HASH]]);
    assert.deepEqual([...stamps.keys()].map((name) => name.replace(/.*\//, "")).sort(), [
      "tls.crt",
      "tls.key",
      "web.yml",
    ]);
  });
});

Deno.test("readWebConfig() accepts an empty file, and a certificate in the file itself", async () => {
  for (const text of ["", "\n# nothing\n", "basic_auth_users: {}"]) {
    const { tls, headers, users } = await inFolder({ "web.yml": text }, readWebConfig);
    assert.deepEqual([tls, headers, users.size], [undefined, {}, 0]);
  }
  const inline = await inFolder({ "web.yml": "tls_server_config: { cert: CERT, key: KEY }" }, readWebConfig);
  assert.deepEqual(inline.tls, { cert: "CERT", key: "KEY" });
});

const REFUSED: Readonly<Record<string, RegExp>> = {
  "basic_auth_users: { constructor: x }": /Invalid user name/,
  "7": /Must be an object, found a number/,
  "basic_auth_users: { ann: s3cret }": /Must be a bcrypt hash/,
  "basic_auth_users: { 'a:b': x }": /Must be a user without a colon/,
  "tls_server_config: { cert: a, cert_file: b, key: c }": /cert_file is set too/,
  "tls_server_config: { cert_file: none.crt, key: c }": /Cannot read .*none\.crt: it does not exist/,
  "tls_server_config: { key: c }": /Missing required key "cert_file" or "cert"/,
  "tls_server_config: { cert: a, key: b, client_auth_type: RequestClientCert }":
    /Client certificates are not supported/,
  "tls_server_config: { cert: a, key: b, cipher_suites: [x] }": /are chosen by the runtime/,
  "tls_server_config: { cert: a, key: b, max_version: TLS12 }": /are always offered/,
  "http_server_config: { http2: false }": /HTTP\/2 cannot be disabled/,
  "http_server_config: { headers: { X-Own: a } }": /Unknown key "X-Own"/,
  "rate_limit: { burst: 1 }": /--web\.max-requests/,
};

for (const [text, message] of Object.entries(REFUSED)) {
  Deno.test(`readWebConfig() refuses ${text}`, async () => {
    await assert.rejects(inFolder({ "web.yml": text }, readWebConfig), (error) => {
      assert.ok(error instanceof ExitError);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /s3cret/);
      return error.exitCode === 1;
    });
  });
}

Deno.test("readWebConfig() refuses a file that is not there", async () => {
  await assert.rejects(readWebConfig("/nowhere/web.yml"), /Cannot read the web configuration \/nowhere\/web\.yml/);
});

Deno.test("readWebConfig() suggests no keys of wallets", async () => {
  await assert.rejects(inFolder({ "web.yml": "mute: {}" }, readWebConfig), (error) => {
    assert.ok(error instanceof ExitError);
    assert.match(error.message, /Unknown key "mute"\. Known keys are tls_server_config, /);
    return true;
  });
});

Deno.test("M4: readWebConfig() reports every unknown key of every object", async () => {
  const text = `tls_config: {}
basic_auth: {}
tls_server_config: { cert: a, key: b, ca_file: c, cert_path: d }
http_server_config: { http_2: true, headers: { X-Own: a, X-Other: b } }
`;
  await assert.rejects(inFolder({ "web.yml": text }, readWebConfig), (error) => {
    assert.ok(error instanceof ExitError);
    const found = [...error.message.matchAll(/:(\d+):(\d+): error: \S+ Unknown key "(\S+)"\. /g)].map((match) =>
      match.slice(1).join(" ")
    );
    assert.deepEqual(found, [
      "1 1 tls_config",
      "2 1 basic_auth",
      "3 39 ca_file",
      "3 51 cert_path",
      "4 23 http_2",
      "4 48 X-Own",
      "4 58 X-Other",
    ]);
    return true;
  });
});
