import assert from "node:assert/strict";
import { type SeenRequest, startFakeNode } from "../fakes/fake_node.ts";
import { startExporter } from "../program/exporter.ts";
import { PATIENCE } from "../program/until.ts";
import { pageWhere } from "../program/wait_for_poll.ts";
import { crawl } from "./crawl.ts";

const ADDRESS = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";

/** One secret for each part of a request that may have one; that of the host looks like a key. */
const CANARIES = {
  path: "canary-path-4b1f0c77",
  query: "canary-query-a90e3d15",
  user: "canary-user-61c8f2be",
  password: "canary-password-0d47ea93",
  header: "canary-header-f5b26c08",
  bearer: "canary-bearer-3e9a71d4",
  host: "c4f7a1e09b3d5628c4f7a1e09b3d5628",
  proxy: "canary-proxy-8a25d6f1",
} as const;

function assertClean(text: string, where: string): void {
  for (const canary of Object.values(CANARIES)) {
    for (const form of [canary, encodeURIComponent(canary), btoa(canary).replace(/=+$/, ""), canary.slice(0, 16)]) {
      const at = text.indexOf(form);
      assert.equal(at, -1, `${canary} leaks into ${where}: …${text.slice(Math.max(0, at - 150), at + 60)}…`);
    }
  }
}

/** What a node that means ill gives back. */
function secretsOf({ url, headers }: SeenRequest): string {
  const credentials = [headers.get("authorization") ?? "", headers.get("proxy-authorization") ?? ""];
  const decoded = credentials.map((each) => each.startsWith("Basic ") ? atob(each.slice(6)) : each);
  return [url, ...credentials, ...decoded, headers.get("x-api-key"), headers.get("host")].join(" ");
}

Deno.test("S1: no page, nor the JSON, has a key, while endpoints work, fail and work again", async (t) => {
  const balances = new Map([[ADDRESS.toLowerCase(), 2n * 10n ** 18n]]);
  // It is the proxy as well: only through one a name that is a key can lead anywhere.
  await using node = startFakeNode({ balances });
  const { path, query, user, password, header, bearer, host, proxy } = CANARIES;
  const { host: authority } = new URL(node.url);
  const wallets = `wallets: [{ address: "${ADDRESS}", label: w, thresholds: { minimum: 1 } }]`;
  const text = `version: 2
interval: 1s
networks:
  - name: path
    endpoints: ["http://${authority}/v2/${path}?apikey=${query}"]
    ${wallets}
  - name: user
    endpoints: ["http://${user}:${password}@${authority}/"]
    ${wallets}
  - name: header
    endpoints:
      - url: "http://${authority}/"
        headers: { authorization: "Bearer ${bearer}", x-api-key: "${header}" }
    ${wallets}
  - name: host
    endpoints: ["http://${host}.provider.example/", "http://${host}.provider.example/${path}"]
    ${wallets}
`;
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  await Deno.writeTextFile(file, text);
  const exporter = startExporter({
    WALLET_CONFIG_FILE: file,
    HTTP_PROXY: `http://user:${proxy}@${authority}`,
    NO_PROXY: "127.0.0.1",
    LOG_LEVEL: "debug",
    RPC_TIMEOUT: "5s",
  });

  /** Waits until all wallets are read, or none is, and looks at everything. */
  async function lookAround(successes: 0 | 1): Promise<void> {
    await pageWhere(exporter, (page) => {
      const values = [...page.matchAll(/^wallet_balance_check_success\{.*\} (\d)$/gm)].map(([, value]) =>
        Number(value)
      );
      return values.length === 4 && values.every((value) => value === successes);
    });
    const visited = await crawl(exporter);
    for (const { path, text } of visited) assertClean(text, path);
    for (const name of ["path", "user", "header", "host"]) {
      const own = visited.find(({ path }) => path === `/wallets/${name}/${ADDRESS}`);
      assert.equal(own?.status, 200, `no page of the wallet on ${name}`);
      assert.match(own.text, successes === 1 ? />2 ETH</ : /Last failure/);
    }
    const status = visited.find(({ path }) => path === "/api/v1/status");
    assert.match(status?.text ?? "", /"networks":\[\{"name"/);
  }

  try {
    await t.step("while endpoints work", () => lookAround(1));
    await t.step("the requests had all secrets", () => {
      const sent = node.seen.map((request) => secretsOf(request)).join("\n");
      for (const [name, canary] of Object.entries(CANARIES)) {
        assert.ok(sent.includes(canary), `${name} was not sent`);
      }
    });
    for (const status of [200, 403, 500]) {
      await t.step(`while they fail with ${status} and what they were sent`, async () => {
        node.truth.instead = (request) => {
          const message = `bad key ${secretsOf(request)}`;
          return Response.json({ jsonrpc: "2.0", id: null, error: { code: -32000, message } }, { status });
        };
        await lookAround(0);
      });
      await t.step("while they work again", async () => {
        node.truth.instead = undefined;
        await lookAround(1);
      });
    }
    await t.step("after a change that is refused", async () => {
      await Deno.writeTextFile(file, text.replace("version: 2", `version: 2\n${path}: 1`));
      await pageWhere(exporter, (page) => /config_last_reload_successful\{[^}]*\} 0/.test(page));
      await lookAround(1);
    });
  } finally {
    await exporter.terminate(PATIENCE);
    await Deno.remove(file);
  }
  const { stdout, stderr } = await exporter.ended;
  assertClean(stdout + stderr, "the log");
});
