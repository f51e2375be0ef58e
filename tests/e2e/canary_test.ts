import assert from "node:assert/strict";
import { type Ended, runProgram, startExporter } from "../program/exporter.ts";
import { firstPoll } from "../program/wait_for_poll.ts";
import { PATIENCE } from "../program/until.ts";
import { crawl } from "./crawl.ts";
import { ENCODINGS, LEAKS, type LeakyNode, startLeakyNode } from "./leaky_node.ts";

/** Planted in every place of a URL that may hold a secret, and looked for in everything that leaves. */
const CANARY = "pl4nted-C4nary+k/y=";
const ENCODED = encodeURIComponent(CANARY);

/** Every form the canary could come back in. */
const FORMS = [
  CANARY,
  ENCODED,
  ENCODED.toLowerCase(),
  btoa(CANARY).replace(/=+$/, ""),
  "pl4nted",
  "C4nary",
  ...Object.values(ENCODINGS).map((encode) => encode(CANARY)),
  ...Object.values(ENCODINGS).map((encode) => encode("pl4nted")),
];

const WALLETS = [{ address: "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045", label: "w", min_balance_eth: 1 }];

function urlsOf(node: LeakyNode, dead: number): readonly string[] {
  const places = (base: string): readonly string[] => [
    `http://${base}/v2/${ENCODED}`,
    `http://${base}/v2?apikey=${ENCODED}`,
    `http://${base}?${ENCODED}`,
    `http://${ENCODED}:x@${base}/`,
    `http://user:${ENCODED}@${base}/`,
    `http://${base}/#${ENCODED}`,
  ];
  return [
    ...LEAKS.flatMap((leak) => places(`127.0.0.1:${node.port}`).map((url) => withMode(url, leak))),
    ...places(`127.0.0.1:${dead}`),
    ...places("no-such-host.invalid"),
    ...places("169.254.169.254"),
    ...places(`127.0.0.1:${node.port}`).map((url) => url.replace("http:", "https:")),
    ...places(`127.0.0.1:${node.port}`).map((url) => url.replace("http:", "ws:")),
    ...places("127.0.0.1:99999"),
    ...places("127.0.0.1:6000"),
    `https:/oops//${ENCODED}`,
    `http://user:${CANARY}@host/x`,
    `not a url ${CANARY}`,
  ];
}

/** The node chooses its fault by a mark in the query or, where there is none, adds one. */
function withMode(url: string, leak: string): string {
  const [before = "", fragment] = url.split("#");
  const marked = `${before}${before.includes("?") ? "&" : "?"}leak=${leak}`;
  return fragment === undefined ? marked : `${marked}#${fragment}`;
}

function assertClean(text: string, where: string): void {
  for (const form of FORMS) {
    const at = text.indexOf(form);
    assert.equal(at, -1, `The canary leaks into ${where}: …${text.slice(Math.max(0, at - 150), at + 80)}…`);
  }
}

Deno.test("S1: no secret of a URL appears in any page, log, error or command, whatever the nodes do", async (t) => {
  await using node = startLeakyNode();
  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const dead = closed.addr.transport === "tcp" ? closed.addr.port : 0;
  closed.close();
  const urls = urlsOf(node, dead);
  const config = JSON.stringify(Object.fromEntries(urls.map((url) => [url, WALLETS])));

  for (const format of ["logfmt", "json"]) {
    await t.step(`the running exporter, log format ${format}`, async () => {
      const exporter = startExporter({
        WALLET_CONFIG: config,
        CHECK_INTERVAL: "2",
        RPC_TIMEOUT: "5s",
        LOG_LEVEL: "debug",
        LOG_FORMAT: format,
        NO_PROXY: "*",
      });
      let ended: Ended;
      try {
        await firstPoll(exporter);
        for (const { path, text } of await crawl(exporter)) assertClean(text, path);
        for (
          const path of ["/", "/metrics", "/-/healthy", "/-/ready", "/nothing", "/metrics?name[]=wallet_balance_wei"]
        ) {
          for (const accept of ["*/*", "application/openmetrics-text"]) {
            const response = await fetch(`http://127.0.0.1:${exporter.port}${path}`, { headers: { accept } });
            const headers = JSON.stringify([...response.headers]);
            assertClean(headers + await response.text(), `${path} for ${accept}`);
          }
        }
      } finally {
        await exporter.terminate(PATIENCE);
        ended = await exporter.ended;
      }
      assertClean(ended.stdout, "standard output");
      assertClean(ended.stderr, "standard error");
      assert.ok(ended.stderr.includes("Network cannot be read"), "the failures must be in the log");
    });
  }

  await t.step("the node was really sent the secrets it leaks", () => {
    assert.ok(node.sawSecret(CANARY), "no request carried the canary: the test would prove nothing");
  });

  await t.step("the command check", async () => {
    const { stdout, stderr } = await runProgram(["check"], { WALLET_CONFIG: config });
    assert.match(stdout, /FAILED \(\d+ errors/);
    assertClean(stdout + stderr, "the output of check");
  });

  await t.step("a configuration that is not JSON", async () => {
    for (const text of [`{"http://h/${CANARY}": [}`, `{"http://h/${CANARY}`, `"${CANARY}"`, `{"${CANARY}": NaN}`]) {
      const { code, stdout, stderr } = await runProgram([], { WALLET_CONFIG: text });
      assert.equal(code, 1);
      assertClean(stdout + stderr, "the refusal");
    }
  });

  await t.step("a proxy with credentials", async () => {
    const { stderr } = await runProgram(["run"], {
      WALLET_CONFIG: "{}",
      HTTP_PROXY: `http://user:${ENCODED}@127.0.0.1:${dead}`,
      WEB_LISTEN_ADDRESS: "192.0.2.1:80",
    });
    assert.match(stderr, /Using a proxy for requests to nodes/);
    assertClean(stderr, "the notice of the proxy");
  });
});
