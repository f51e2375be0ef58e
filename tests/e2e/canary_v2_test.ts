import assert from "node:assert/strict";
import { runProgram, startExporter } from "../program/exporter.ts";
import { firstPoll, pageWhere } from "../program/wait_for_poll.ts";
import { PATIENCE } from "../program/until.ts";
import { crawl } from "./crawl.ts";
import { LEAKS, startLeakyNode } from "./leaky_node.ts";

/** One secret for each place of version 2 that accepts one. */
const CANARIES = {
  KEY_IN_URL: "canary-url-7f3a9c51",
  KEY_IN_HEADER: "canary-header-b82e6d04",
  KEY_IN_BEARER: "canary-bearer-19c5e7f8",
  KEY_OF_LIST: "canary-list-5d60aa92",
  KEY_IN_LIST_HEADER: "canary-listheader-e41b7c33",
  KEY_OF_GATEWAY: "canary-gateway-60f2d8ba",
} as const;

function assertClean(text: string, where: string): void {
  for (const canary of [...Object.values(CANARIES), "canary-file-93d1b0e7"]) {
    for (const form of [canary, btoa(canary).replace(/=+$/, ""), canary.slice(0, 16)]) {
      const at = text.indexOf(form);
      assert.equal(at, -1, `${canary} leaks into ${where}: …${text.slice(Math.max(0, at - 150), at + 60)}…`);
    }
  }
}

Deno.test("S1: no secret of version 2 leaves: from variables and files, in URLs and headers, of nodes, lists and gateways", async (t) => {
  await using node = startLeakyNode();
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/key`, "canary-file-93d1b0e7\n");
  const base = `http://127.0.0.1:${node.port}`;
  const networks = LEAKS.map((leak) =>
    `  - name: ${leak}
    endpoints:
      - url: "${base}/\${KEY_IN_URL}?leak=${leak}&k=\${file:key}"
        headers: { authorization: "Bearer \${KEY_IN_BEARER}", x-api-key: "\${KEY_IN_HEADER}" }
    wallets: [{ address: "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045", label: w }]
    walletsFrom: { url: "${base}/\${KEY_OF_LIST}?leak=${leak}", headers: { x-api-key: "\${KEY_IN_LIST_HEADER}" }, refresh: 1s }
`
  );
  const file = `${folder}/config.yaml`;
  const text = `version: 2\ninterval: 2s\nnetworks:\n${networks.join("")}`;
  await Deno.writeTextFile(file, text);
  const env = { ...CANARIES, WALLET_CONFIG_FILE: file, LOG_LEVEL: "debug", RPC_TIMEOUT: "5s", NO_PROXY: "*" };

  await t.step("the running exporter, and a reload that is refused", async () => {
    const exporter = startExporter(env);
    try {
      assertClean((await firstPoll(exporter)).text, "the first page");
      for (const { path, text } of await crawl(exporter)) assertClean(text, path);
      await Deno.writeTextFile(file, text.replace("version: 2", `version: 2\n${CANARIES.KEY_IN_URL}: 1`));
      const page = await pageWhere(exporter, (page) => /config_last_reload_successful\{[^}]*\} 0/.test(page));
      assertClean(page, "the page after a reload that was refused");
      for (const { path, text } of await crawl(exporter)) assertClean(text, path);
      await Deno.writeTextFile(file, text);
      await pageWhere(exporter, (page) => /config_last_reload_successful\{[^}]*\} 1/.test(page));
    } finally {
      await exporter.terminate(PATIENCE);
    }
    const { stdout, stderr } = await exporter.ended;
    assert.match(stderr, /Wallet list fetch failed/);
    assert.match(stderr, /Network cannot be read/);
    assertClean(stdout + stderr, "the log");
  });

  await t.step("the node was really sent what it leaks", () => {
    for (const [name, canary] of Object.entries(CANARIES)) {
      assert.ok(name === "KEY_OF_GATEWAY" || node.sawSecret(canary), `${name} was not sent`);
    }
    assert.ok(node.sawSecret("canary-file-93d1b0e7"));
  });

  for (const args of [["check"], ["plan"], ["convert"], ["once"], ["once", "--output=json"]]) {
    await t.step(`the command ${args.join(" ")}`, async () => {
      const { stdout, stderr } = await runProgram(args, env);
      assertClean(stdout + stderr, args.join(" "));
    });
  }

  await t.step("a push to a gateway that leaks", async () => {
    const push = [
      `http://user:${CANARIES.KEY_OF_GATEWAY}@127.0.0.1:${node.port}`,
      `${base}/${CANARIES.KEY_OF_GATEWAY}`,
      `ftp://x/${CANARIES.KEY_OF_GATEWAY}`,
    ];
    for (const url of push) {
      const { code, stdout, stderr } = await runProgram(["once"], { ...env, PUSH_URL: url });
      assert.notEqual(code, 0);
      assertClean(stdout + stderr, "a push");
    }
    assert.ok(node.sawSecret(CANARIES.KEY_OF_GATEWAY));
  });

  await t.step("an entry that is wrong in every place that may hold a secret", async () => {
    const wrong = text.replaceAll("${KEY_IN_URL}", CANARIES.KEY_IN_URL).replaceAll(
      "label: w",
      `label: [${CANARIES.KEY_IN_HEADER}]`,
    )
      .replaceAll("refresh: 1s", `refresh: ${CANARIES.KEY_OF_LIST}`).replaceAll("http://", "htp://");
    const { code, stdout, stderr } = await runProgram(["check"], { ...CANARIES, WALLET_CONFIG: wrong });
    assert.equal(code, 1);
    assertClean(stdout + stderr, "the problems");
  });
  await Deno.remove(folder, { recursive: true });
});
