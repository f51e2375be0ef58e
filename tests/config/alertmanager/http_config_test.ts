import assert from "node:assert/strict";
import { readHttpConfig } from "../../../src/config/alertmanager/http_config.ts";
import { ConfigError } from "../../../src/config/model/problem.ts";
import { scrub } from "../../../src/util/redact.ts";
import { makeCertificates } from "../../rig/certificates.ts";

/** Writes files, the first of them the configuration, and reads it. */
async function read(text: string, files: Readonly<Record<string, string>> = {}): ReturnType<typeof readHttpConfig> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, content] of Object.entries({ ...files, "http.yml": text })) {
      await Deno.writeTextFile(`${folder}/${name}`, content);
    }
    return await readHttpConfig(`${folder}/http.yml`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What is wrong with a configuration, without the advice. */
async function problemsOf(text: string): Promise<readonly string[]> {
  try {
    await read(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  throw new Error("It was accepted");
}

Deno.test("readHttpConfig() reads credentials and headers, inline and from files, and protects them", async () => {
  const basic = await read("basic_auth: { username_file: user, password_file: password }", {
    user: "exporter\n",
    password: "s3cret-of-a-file\n",
  });
  assert.deepEqual(basic.headers, [["authorization", `Basic ${btoa("exporter:s3cret-of-a-file")}`]]);
  assert.equal(scrub("x s3cret-of-a-file y"), "x *** y");
  const bearer = await read(
    `authorization: { credentials_file: token }
http_headers:
  X-Scope-OrgID: { values: [a, b] }
  X-Key: { secrets: [inline-secret-1], files: [token] }
`,
    { token: "token-of-a-file\n" },
  );
  assert.deepEqual(bearer.headers, [
    ["authorization", "Bearer token-of-a-file"],
    ["x-scope-orgid", "a, b"],
    ["x-key", "inline-secret-1, token-of-a-file"],
  ]);
  assert.deepEqual((await read("authorization: { type: Token, credentials: abcdefgh }")).headers, [
    ["authorization", "Token abcdefgh"],
  ]);
  assert.deepEqual(await read("# nothing\n{}\n"), { headers: [], caCerts: [] });
});

Deno.test("readHttpConfig() refuses what is invalid or not supported, with its place and without secrets", async () => {
  assert.deepEqual(await problemsOf("basic_auth: { username: a, username_file: b, password: secret }"), [
    "basic_auth.username: username_file is set too",
  ]);
  assert.deepEqual(await problemsOf("basic_auth: { password: secret }\nauthorization: {}"), [
    'basic_auth: Missing required key "username" or "username_file"',
    'authorization: Missing required key "credentials" or "credentials_file"',
  ]);
  assert.deepEqual(await problemsOf("oauth2: { client_id: x }\nproxy_url: http://x\n"), [
    'oauth2: Unknown key "oauth2"',
    'proxy_url: Unknown key "proxy_url"',
  ]);
  assert.deepEqual(await problemsOf("tls_config: { insecure_skip_verify: true }"), [
    'tls_config.insecure_skip_verify: Unknown key "insecure_skip_verify"',
  ]);
  assert.deepEqual(await problemsOf("tls_config: { ca: nonsense }"), [
    "tls_config: The CA certificate is not valid PEM",
  ]);
  assert.deepEqual(await problemsOf("basic_auth: { username: a }\nauthorization: { credentials: b }"), [
    ": A header is set twice",
  ]);
  assert.deepEqual(await problemsOf("http_headers: { Host: { values: [x] } }"), [
    "http_headers.Host: The header Host is set by the exporter",
  ]);
  assert.deepEqual(await problemsOf("http_headers: { X-A: { values: [] } }"), [
    "http_headers.X-A: The header has no value",
  ]);
  assert.match((await problemsOf("authorization: { credentials_file: none }")).join(), /Cannot read the file .*none/);
  await assert.rejects(readHttpConfig("/nowhere/http.yml"), /Cannot read the HTTP configuration .*: it does not exist/);
});

Deno.test("readHttpConfig() reads the CA of a file", async () => {
  await using certificates = await makeCertificates("the CA of an Alertmanager");
  if (certificates === undefined) return;
  const pem = await Deno.readTextFile(certificates.authority);
  const { caCerts } = await read("tls_config: { ca_file: ca.pem }", { "ca.pem": pem });
  assert.deepEqual(caCerts, [pem.trimEnd()]);
});
