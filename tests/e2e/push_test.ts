import assert from "node:assert/strict";
import { hash } from "bcryptjs";
import { skipCheck } from "../fakes/outside_tool.ts";
import { startFakeNode } from "../fakes/fake_node.ts";
import { runProgram } from "../program/exporter.ts";
import { startPushgateway } from "./pushgateway.ts";

const WALLET = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";
const OTHER = "0x00000000219ab540356cBB839Cbe05303d7705Fa";
const balances = new Map([[WALLET.toLowerCase(), 25n * 10n ** 17n], [OTHER.toLowerCase(), 1n]]);

function configOf(url: string, ...labels: readonly string[]): string {
  return JSON.stringify({ [url]: labels.map((label) => ({ address: WALLET, label })) });
}

Deno.test("once --push replaces its own group on a real Pushgateway, and no other", async () => {
  await using gateway = await startPushgateway();
  if (gateway === undefined) return skipCheck("pushing", "there is no Pushgateway; set PUSHGATEWAY_BIN");
  await using node = startFakeNode({ overrides: true, balances });
  const push = (config: string, release: string, url = gateway.url): ReturnType<typeof runProgram> =>
    runProgram(["once", `--push=${url}`], { WALLET_CONFIG: config, RELEASE_NAME: release });
  const first = await push(configOf(node.url, "one", "two"), "a/b");
  assert.deepEqual([first.code, first.stdout], [0, ""], first.stderr);
  assert.match(first.stderr, /msg="Metrics pushed" to=127\.0\.0\.1:\d+ balances=2/);
  assert.equal((await push(configOf(node.url, "three"), "other")).code, 0);
  const before = await gateway.page();
  const line = (label: string, release: string): RegExp =>
    new RegExp(
      `^wallet_balance_eth\\{address="${WALLET}",[^}]*job="wallet-balance-exporter",label="${label}",[^}]*release="${release}"\\} 2\\.5$`,
      "m",
    );
  for (const [label, release] of [["one", "a/b"], ["two", "a/b"], ["three", "other"]] as const) {
    assert.match(before, line(label, release));
  }
  assert.match(before, /^push_failure_time_seconds\{.*\} 0$/m);
  assert.equal((await push(configOf(node.url, "two"), "a/b")).code, 0);
  const after = await gateway.page();
  assert.doesNotMatch(after, line("one", "a/b"));
  assert.match(after, line("three", "other"));
  const own = await push(configOf(node.url, "mine"), "x", `${gateway.url}/metrics/job/cron/instance/box`);
  assert.equal(own.code, 0);
  assert.match(await gateway.page(), /^wallet_balance_eth\{.*instance="box",job="cron",label="mine".*\} 2\.5$/m);
});

Deno.test("once --push sends user and password of its URL, and reports errors of the gateway", async () => {
  const folder = await Deno.makeTempDir();
  const secret = await hash("s3cret-of-the-gateway", 4);
  await Deno.writeTextFile(`${folder}/web.yml`, `basic_auth_users: { pusher: "${secret}" }\n`);
  const authorization = `Basic ${btoa("pusher:s3cret-of-the-gateway")}`;
  await using gateway = await startPushgateway([`--web.config.file=${folder}/web.yml`], authorization);
  if (gateway === undefined) return skipCheck("pushing", "there is no Pushgateway; set PUSHGATEWAY_BIN");
  await using node = startFakeNode({ overrides: true, balances });
  const env = { WALLET_CONFIG: configOf(node.url, "one") };
  const { host } = new URL(gateway.url);
  const good = await runProgram(["once", `--push=http://pusher:s3cret-of-the-gateway@${host}`, "--output=table"], env);
  assert.equal(good.code, 0, good.stderr);
  assert.match(good.stdout, /one .* fine$/m);
  assert.match(await gateway.page(), /label="one"/);
  const bad = await runProgram(["once", `--push=http://pusher:wr0ng-secret@${host}`], env);
  assert.equal(bad.code, 70);
  assert.match(bad.stderr, /Pushing to 127\.0\.0\.1:\d+ failed: HTTP 401.*\n.*user:password@host/);
  assert.doesNotMatch(good.stderr + bad.stderr, /s3cret|wr0ng/);
  const nobody = await runProgram(["once", "--push=http://127.0.0.1:9/"], env);
  assert.equal(nobody.code, 2, "a port that fetch refuses");
  await using page = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response("", { status: 405 }),
  );
  const other = await runProgram(["once", `--push=http://127.0.0.1:${page.addr.port}`], env);
  assert.equal(other.code, 70);
  assert.match(other.stderr, /HTTP 405\nCheck that the URL of --push is that of a Pushgateway/);
  await Deno.remove(folder, { recursive: true });
});
