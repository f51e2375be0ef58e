import assert from "node:assert/strict";
import { hash } from "bcryptjs";
import { startFakeNode } from "../fakes/fake_node.ts";
import { skipCheck } from "../fakes/outside_tool.ts";
import { NO_ALERTMANAGER, startAlertmanager } from "../program/alertmanager.ts";
import { type Exporter, runProgram, startExporter } from "../program/exporter.ts";
import { freePort } from "../program/free_port.ts";
import { PATIENCE, until } from "../program/until.ts";
import { firstPoll, pageWhere } from "../program/wait_for_poll.ts";
import { startWebhook, type Webhook } from "../program/webhook.ts";
import { crawl } from "./crawl.ts";

const COIN = 10n ** 18n;
const BRIDGE = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";
const RELAYER = "0x00000000219ab540356cBB839Cbe05303d7705Fa";

function configOf(url: string): string {
  return `version: 2
networks:
  - name: mainnet
    endpoints: ["${url}"]
    wallets:
      - { address: "${BRIDGE}", label: bridge, labels: { team: bridge }, thresholds: { minimum: 5, critical: 1 } }
      - { address: "${RELAYER}", label: relayer, labels: { team: relayer }, thresholds: { minimum: 5, critical: 1 } }
`;
}

/** Routes by team, and the inhibition of the example. */
async function routesTo(webhook: Webhook): Promise<string> {
  const example = await Deno.readTextFile(new URL("../../deploy/compose/alertmanager.yml", import.meta.url));
  const [, inhibition = ""] = /(\ninhibit_rules:\n.*?)\nreceivers:/s.exec(example) ?? [];
  assert.notEqual(inhibition, "");
  const receivers = ["bridge", "relayer", "heartbeat", "others"];
  return `
route:
  receiver: others
  group_by: [network, label]
  group_wait: 1s
  group_interval: 1s
  routes:
    - { receiver: heartbeat, matchers: ['severity="none"'] }
    - { receiver: bridge, matchers: ['team="bridge"'] }
    - { receiver: relayer, matchers: ['team="relayer"'] }
${inhibition}
receivers:
${receivers.map((name) => `  - { name: ${name}, webhook_configs: [{ url: "${webhook.url}/${name}" }] }`).join("\n")}
`;
}

/** Alerts in the order in which a path of the webhook was sent them. */
function sentTo(webhook: Webhook, path: string): readonly string[] {
  return webhook.received.filter((each) => each.path === path).flatMap(({ alerts }) =>
    alerts.map(({ status, labels }) => `${status} ${labels["alertname"]} ${labels["label"] ?? ""}`.trim())
  );
}

Deno.test("a real Alertmanager routes, inhibits and ends what the exporter posts, with credentials from files", async () => {
  const folder = await Deno.makeTempDir();
  const password = "canary-password-51c0ffee";
  const users = `basic_auth_users: { exporter: "${await hash(password, 4)}" }\n`;
  await Deno.writeTextFile(`${folder}/web.yml`, users);
  await Deno.writeTextFile(`${folder}/password`, "wrong-at-first-90ab12cd\n");
  await Deno.writeTextFile(`${folder}/http.yml`, "basic_auth: { username: exporter, password_file: password }\n");
  await using webhook = startWebhook();
  await using alertmanager = await startAlertmanager(await routesTo(webhook), {
    args: [`--web.config.file=${folder}/web.yml`],
    headers: { authorization: `Basic ${btoa(`exporter:${password}`)}` },
  });
  if (alertmanager === undefined) return skipCheck("posting alerts", NO_ALERTMANAGER);
  const balances = new Map([[BRIDGE.toLowerCase(), 9n * COIN], [RELAYER.toLowerCase(), 9n * COIN]]);
  await using node = startFakeNode({ overrides: true, balances });
  const exporter = startExporter({ WALLET_CONFIG: configOf(node.url) }, [
    "--interval=1s",
    `--alertmanager.url=${alertmanager.url},http://127.0.0.1:${freePort()}`,
    `--alertmanager.http-config=${folder}/http.yml`,
    "--alertmanager.label=cluster=test",
    "--web.external-url=https://balances.example/b",
    "--web.route-prefix=/",
  ]);
  try {
    await pageWhere(exporter, (text) => /alertmanager_errors_total\{[^}]*\} [1-9]/.test(text));
    assert.deepEqual(await alertmanager.alerts(), []);
    await Deno.writeTextFile(`${folder}/password`, `${password}\n`);
    await until("the heartbeat", () => sentTo(webhook, "/heartbeat").length > 0);
    balances.set(BRIDGE.toLowerCase(), COIN / 2n);
    await until("the page of one team", () => sentTo(webhook, "/bridge").length > 0);
    const minimum = await until("both alerts", async () => {
      const alerts = await alertmanager.alerts();
      return alerts.find(({ labels }) => labels["alertname"] === "WalletBalanceBelowMinimum");
    });
    assert.equal(minimum.status.state, "suppressed", "the critical alert inhibits it");
    const [firing] = webhook.received.filter(({ path }) => path === "/bridge").flatMap(({ alerts }) => alerts);
    assert.deepEqual(firing?.labels, {
      address: BRIDGE,
      alertname: "WalletBalanceCriticallyLow",
      cluster: "test",
      label: "bridge",
      namespace: "default",
      network: "mainnet",
      release: "wallet-balance-exporter",
      severity: "critical",
      team: "bridge",
    });
    assert.match(firing?.annotations["summary"] ?? "", /^Wallet bridge on mainnet holds 0\.5 ETH, below /);
    assert.equal(firing?.generatorURL, `https://balances.example/b/wallets/mainnet/${BRIDGE}`);
    balances.set(BRIDGE.toLowerCase(), 9n * COIN);
    balances.set(RELAYER.toLowerCase(), 3n * COIN);
    await until("the end", () => sentTo(webhook, "/bridge").includes("resolved WalletBalanceCriticallyLow bridge"));
    await until("the other team", () => sentTo(webhook, "/relayer").length > 0);
    assert.deepEqual(sentTo(webhook, "/relayer"), ["firing WalletBalanceBelowMinimum relayer"]);
    const paged = sentTo(webhook, "/bridge").filter((each) => each.startsWith("firing"));
    assert.deepEqual([...new Set(paged)], ["firing WalletBalanceCriticallyLow bridge"]);
    assert.deepEqual(sentTo(webhook, "/others"), []);
    for (const { path, text } of await crawl(exporter)) {
      assert.doesNotMatch(text, /canary-password|wrong-at-first/, path);
    }
  } finally {
    await exporter.terminate(PATIENCE);
  }
  const { stderr } = await exporter.ended;
  assert.match(stderr, /msg="Alertmanager refuses the alerts" alertmanager=127\.0\.0\.1:\d+ error="HTTP 401/);
  assert.match(stderr, /msg="Alertmanager cannot be reached" alertmanager=127\.0\.0\.1:\d+ error="connection refused"/);
  assert.match(stderr, /msg="Alertmanager configuration reloaded"/);
  assert.doesNotMatch(stderr, /canary-password|wrong-at-first/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("two replicas cause one message, and a replica that dies and returns resolves nothing", async () => {
  await using webhook = startWebhook();
  await using alertmanager = await startAlertmanager(await routesTo(webhook));
  if (alertmanager === undefined) return skipCheck("posting alerts", NO_ALERTMANAGER);
  const balances = new Map([[BRIDGE.toLowerCase(), 3n * COIN], [RELAYER.toLowerCase(), 9n * COIN]]);
  await using node = startFakeNode({ overrides: true, balances });
  const start = (): Exporter =>
    startExporter({ WALLET_CONFIG: configOf(node.url) }, ["--interval=1s", `--alertmanager.url=${alertmanager.url}`]);
  const isPosted = (text: string): boolean => /alertmanager_notifications_total\{[^}]*\} ([2-9]|\d\d)/.test(text);
  const low = "firing WalletBalanceBelowMinimum bridge";
  const replicas = [start(), start()];
  try {
    const [first, second] = replicas;
    assert.ok(first !== undefined && second !== undefined);
    for (const each of replicas) await pageWhere(each, isPosted);
    await until("the message", () => sentTo(webhook, "/bridge").length > 0);
    await first.terminate(PATIENCE, "SIGKILL");
    // While it does not know the balance, nothing is resolved.
    node.truth.answer = () => new Error("not yet");
    const again = start();
    replicas.push(again);
    await pageWhere(again, (text) => /check_success\{[^}]*\} 0/.test(text));
    node.truth.answer = undefined;
    await pageWhere(again, isPosted);
    assert.deepEqual(sentTo(webhook, "/bridge"), [low]);
    balances.set(BRIDGE.toLowerCase(), 9n * COIN);
    await until("the end", () => sentTo(webhook, "/bridge").at(-1)?.startsWith("resolved"));
    assert.deepEqual([...new Set(sentTo(webhook, "/bridge"))], [low, "resolved WalletBalanceBelowMinimum bridge"]);
  } finally {
    await Promise.all(replicas.map((each) => each.terminate(PATIENCE)));
  }
});

Deno.test("an Alertmanager gets headers from files, and none of its secrets leaves; no redirect is followed", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/token`, "canary-token-77aa88bb99\n");
  await Deno.writeTextFile(
    `${folder}/http.yml`,
    "authorization: { credentials_file: token }\nhttp_headers: { X-Scope-OrgID: { values: [tenant] } }\n",
  );
  const seen: Request[] = [];
  await using other = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    seen.push(request);
    return new Response();
  });
  const elsewhere = `http://127.0.0.1:${other.addr.port}`;
  const headers: Headers[] = [];
  const paths: string[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    headers.push(request.headers);
    const { pathname } = new URL(request.url);
    paths.push(pathname);
    // As a proxy might quote what it was sent.
    if (pathname.startsWith("/quoting")) {
      return new Response(`no ${request.headers.get("authorization")}`, { status: 403 });
    }
    return Response.redirect(`${elsewhere}/api/v2/alerts`, 307);
  });
  await using node = startFakeNode({ overrides: true });
  const base = `http://127.0.0.1:${server.addr.port}`;
  const exporter = startExporter({
    WALLET_CONFIG: configOf(node.url),
    ALERTMANAGER_URL: `${base}/prefix/canary-path-66dd55cc/,${base}/quoting`,
    ALERTMANAGER_HTTP_CONFIG: `${folder}/http.yml`,
    LOG_LEVEL: "debug",
  });
  try {
    await firstPoll(exporter);
    await pageWhere(exporter, (text) => (text.match(/alertmanager_errors_total\{[^}]*\} [1-9]/g) ?? []).length === 2);
    for (const { path, text } of await crawl(exporter)) assert.doesNotMatch(text, /canary-/, path);
  } finally {
    await exporter.terminate(PATIENCE);
  }
  const { stderr } = await exporter.ended;
  assert.match(stderr, /HTTP 307; redirects are not followed/);
  assert.match(stderr, /HTTP 403: no \*\*\*; check the credentials/);
  assert.doesNotMatch(stderr, /canary-/);
  assert.deepEqual([...new Set(paths)].toSorted(), [
    "/prefix/canary-path-66dd55cc/api/v2/alerts",
    "/quoting/api/v2/alerts",
  ]);
  assert.equal(headers[0]?.get("authorization"), "Bearer canary-token-77aa88bb99");
  assert.equal(headers[0]?.get("x-scope-orgid"), "tenant");
  assert.deepEqual(seen, []);
  const bad = "authorization: { credentials: canary-inline-1, type: Basic }\nproxy_url: http://canary-proxy-1\n";
  await Deno.writeTextFile(`${folder}/http.yml`, bad);
  const checked = await runProgram([
    "check",
    "--alertmanager.url=http://a.example",
    `--alertmanager.http-config=${folder}/http.yml`,
  ], {
    WALLET_CONFIG: configOf(node.url),
  });
  assert.equal(checked.code, 1);
  assert.match(checked.stdout, /http\.yml:1:\d+: error: authorization\.type: Use basic_auth for this type/);
  assert.match(checked.stdout, /http\.yml:2:1: error: .*Unknown key "proxy_url"/);
  assert.doesNotMatch(checked.stdout + checked.stderr, /canary-/);
  const denied = await runProgram(["--alertmanager.url=http://169.254.169.254/canary-denied-1"], {
    WALLET_CONFIG: configOf(node.url),
  });
  assert.equal(denied.code, 1);
  assert.match(
    denied.stderr,
    /--alertmanager\.url's host 169\.254\.169\.254 is a link-local or cloud metadata address/,
  );
  const alone = await runProgram([`--alertmanager.http-config=${folder}/http.yml`], {
    WALLET_CONFIG: configOf(node.url),
  });
  assert.equal(alone.code, 1);
  assert.match(alone.stderr, /--alertmanager\.http-config has no effect without --alertmanager\.url/);
  await Deno.remove(folder, { recursive: true });
});
