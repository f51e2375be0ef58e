import assert from "node:assert/strict";
import * as v from "valibot";
import { parse } from "yaml";
import { startAnvil } from "../../dev/anvil.ts";
import { runOutside, skipCheck } from "../fakes/outside_tool.ts";
import { startExporter } from "../program/exporter.ts";
import { freePort } from "../program/free_port.ts";
import { firstInstalled, SERVERS, startServer } from "../program/server.ts";
import { until } from "../program/until.ts";
import { pageWhere } from "../program/wait_for_poll.ts";
import { rendered, rulesOf, SETS } from "../rules/rendered.ts";
import { FOLDER, layOut, readServices, service } from "./compose_stack.ts";

const amtool = Deno.env.get("AMTOOL") ?? "amtool";
/** The configuration of Alertmanager, and the same with all of its examples. */
const ROUTES = Deno.readTextFileSync(`${FOLDER}alertmanager.yml`);
const WITH_EXAMPLES = ROUTES.replace(/^( +)# (?=[ a-z-])/gm, "$1");
const PORTS: Readonly<Record<string, number>> = { exporter: 8080, prometheus: 9090, alertmanager: 9093, grafana: 3000 };

Deno.test("the Compose stack is valid", async () => {
  const result = await runOutside(["composecheck", `${FOLDER}compose.yaml`], "");
  if (result === undefined) return skipCheck("the Compose stack", "composecheck is not installed");
  assert.equal(result.code, 0, result.output);
  assert.deepEqual(Object.keys(parse(result.output).services), Object.keys(readServices()).toSorted());
});

Deno.test("every service of the stack is restricted, pinned, checked, and reachable from this machine only", async () => {
  const { version } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  for (const [name, each] of Object.entries(readServices())) {
    assert.deepEqual([name, each.read_only, each.cap_drop], [name, true, ["ALL"]]);
    assert.deepEqual(each.security_opt, ["no-new-privileges:true"], name);
    assert.match(each.image, /:v?\d+\.\d+\.\d+$/, name);
    assert.equal(each.healthcheck?.test[0], "CMD", name);
    for (const port of each.ports ?? []) assert.match(port, /^127\.0\.0\.1:(\d+):\1$/, name);
  }
  assert.match(service("exporter").image, new RegExp(`wallet-balance-exporter:${version.replace(/-dev$/, "")}$`));
});

Deno.test("without a profile the stack has everything but the demo node, and needs no secret", async () => {
  const services = Object.entries(readServices());
  assert.deepEqual(services.filter(([, { profiles }]) => profiles !== undefined).map(([name]) => name), ["node"]);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(`${FOLDER}secrets`), ({ name }) => name), [".gitignore"]);
});

/** The keys of Grafana's provisioning files, from its documentation; Grafana ignores others. */
const DATASOURCES = v.strictObject({
  apiVersion: v.literal(1),
  prune: v.optional(v.boolean()),
  deleteDatasources: v.optional(v.array(v.strictObject({ name: v.string(), orgId: v.number() }))),
  datasources: v.array(v.strictObject({
    name: v.string(),
    type: v.literal("prometheus"),
    access: v.picklist(["proxy", "direct"]),
    orgId: v.optional(v.number()),
    uid: v.pipe(v.string(), v.regex(/^[\w-]{1,40}$/)),
    url: v.pipe(v.string(), v.url()),
    isDefault: v.optional(v.boolean()),
    editable: v.optional(v.boolean()),
    version: v.optional(v.number()),
    jsonData: v.optional(v.strictObject({
      httpMethod: v.optional(v.picklist(["GET", "POST"])),
      manageAlerts: v.optional(v.boolean()),
      timeInterval: v.optional(v.pipe(v.string(), v.regex(/^\d+[smh]$/))),
      queryTimeout: v.optional(v.string()),
      prometheusType: v.optional(v.picklist(["Prometheus", "Cortex", "Mimir", "Thanos"])),
      prometheusVersion: v.optional(v.string()),
    })),
  })),
});
const PROVIDERS = v.strictObject({
  apiVersion: v.literal(1),
  providers: v.array(v.strictObject({
    name: v.string(),
    type: v.literal("file"),
    orgId: v.optional(v.number()),
    folder: v.optional(v.string()),
    folderUid: v.optional(v.string()),
    disableDeletion: v.optional(v.boolean()),
    updateIntervalSeconds: v.optional(v.number()),
    allowUiUpdates: v.optional(v.boolean()),
    options: v.strictObject({ path: v.string(), foldersFromFilesStructure: v.optional(v.boolean()) }),
  })),
});

Deno.test("Grafana's files have its format, and each other's names", () => {
  const read = (path: string): unknown => parse(Deno.readTextFileSync(`${FOLDER}${path}`));
  const { datasources: [datasource, ...others] } = v.parse(DATASOURCES, read("grafana-datasource.yaml"));
  assert.deepEqual([datasource?.isDefault, others], [true, []]);
  assert.equal(datasource?.url, `http://prometheus:${PORTS["prometheus"]}`);
  const { providers: [provider] } = v.parse(PROVIDERS, read("../grafana/provisioning.yaml"));
  const { volumes = [], environment = {} } = service("grafana");
  const targets = volumes.map((volume) => volume.split(":")[1]);
  const home = environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"] ?? "";
  assert.ok(provider !== undefined && home.startsWith(`${provider.options.path}/`) && targets.includes(home), home);
  for (const kind of ["datasources", "dashboards"]) {
    assert.ok(targets.some((target) => target?.startsWith(`/etc/grafana/provisioning/${kind}/`)), kind);
  }
  for (const [name, value] of Object.entries(environment)) {
    assert.match(name, /^GF_(AUTH|SECURITY|DASHBOARDS|ANALYTICS|NEWS|PLUGINS)_[A-Z_]+$/);
    assert.equal(typeof value, "string");
  }
});

Deno.test("the servers of the stack start on its files, and find each other", async () => {
  const [prometheus, alertmanager] = [
    await firstInstalled(SERVERS.prometheus),
    await firstInstalled(SERVERS.alertmanager),
  ];
  if (prometheus === undefined || alertmanager === undefined) {
    return skipCheck("the servers of the stack", "Prometheus or Alertmanager is not installed");
  }
  await using stack = new AsyncDisposableStack();
  const root = await Deno.makeTempDir();
  stack.defer(() => Deno.remove(root, { recursive: true }));
  const { command: nodeFlags = [] } = service("node");
  const anvil = stack.use(
    await startAnvil({ args: nodeFlags.filter((flag) => !/^--(host|port)=/.test(flag)) }),
  );

  await layOut("exporter", `${root}/exporter`, (text) => text.replaceAll("http://node:8545", anvil.url));
  const { environment = {} } = service("exporter");
  const file = environment["WALLET_CONFIG_FILE"] ?? "";
  const exporter = startExporter({ ...environment, WALLET_CONFIG_FILE: `${root}/exporter${file}` });
  stack.defer(async () => {
    await exporter.terminate(10_000);
  });
  const page = await pageWhere(exporter, (text) => /^wallet_balance_check_success\{/m.test(text));
  assert.equal([...page.matchAll(/^wallet_balance_check_success\{.*\} 1$/gm)].length, 2);

  const [alerts, metrics] = [freePort(), freePort()];
  const local = (text: string): string =>
    text.replaceAll("exporter:8080", `127.0.0.1:${exporter.port}`)
      .replaceAll("alertmanager:9093", `127.0.0.1:${alerts}`)
      .replaceAll("localhost:9090", `127.0.0.1:${metrics}`);
  stack.use(
    await startServer({
      command: [
        alertmanager,
        ...await layOut("alertmanager", `${root}/alertmanager`),
        `--web.listen-address=127.0.0.1:${alerts}`,
      ],
      port: alerts,
      ready: healthPath("alertmanager"),
    }),
  );
  const server = stack.use(
    await startServer({
      command: [
        prometheus,
        ...await layOut("prometheus", `${root}/prometheus`, local),
        `--web.listen-address=127.0.0.1:${metrics}`,
      ],
      port: metrics,
      ready: healthPath("prometheus"),
    }),
  );
  const query = async (path: string): Promise<Data> =>
    (await (await fetch(`${server.url}/api/v1/${path}`)).json()).data;
  assert.deepEqual((await query("rules")).groups?.length, 7);
  await until("Alertmanager to be found", async () => (await query("alertmanagers")).activeAlertmanagers?.length === 1);
  // Each target is scraped once in 15 seconds.
  await until("every target to be scraped", async () => {
    const { activeTargets = [] } = await query("targets");
    return activeTargets.length === 3 && activeTargets.every(({ health }) => health === "up");
  });
});

/** What the tests use of Prometheus' answers. */
interface Data {
  readonly groups?: readonly unknown[];
  readonly activeAlertmanagers?: readonly unknown[];
  readonly activeTargets?: readonly { readonly health: string }[];
}

/** The path of a service's health check. */
function healthPath(name: string): string {
  const [, path = ""] = new RegExp(`:${PORTS[name]}(/\\S+)$`).exec(service(name).healthcheck?.test.at(-1) ?? "") ?? [];
  assert.notEqual(path, "", name);
  return path;
}

async function amtoolOn(text: string, ...args: readonly string[]): Promise<string | undefined> {
  const file = await Deno.makeTempFile({ suffix: ".yml" });
  try {
    await Deno.writeTextFile(file, text);
    const result = await runOutside([amtool, ...args.map((each) => each.replace("FILE", file))], "");
    if (result === undefined) return void skipCheck("the routes of Alertmanager", `there is no ${amtool}`);
    assert.equal(result.code, 0, result.output);
    return result.output;
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("amtool accepts the routes, also with every example", async () => {
  const [plain, whole] = [
    await amtoolOn(ROUTES, "check-config", "FILE"),
    await amtoolOn(WITH_EXAMPLES, "check-config", "FILE"),
  ];
  if (plain === undefined || whole === undefined) return;
  assert.match(plain, /- 4 receivers/);
  assert.match(whole, /- 5 receivers/);
  for (const kind of ["pagerduty", "slack", "email", "webhook"]) {
    assert.match(WITH_EXAMPLES, new RegExp(`^    ${kind}_configs:$`, "m"));
  }
});

Deno.test("every alert has a receiver by its severity, and a team its own", async () => {
  const receivers: Readonly<Record<string, string>> = { critical: "page", warning: "ticket", info: "log" };
  const severities = new Set(rulesOf(rendered(SETS.default)).flatMap(({ labels }) => labels?.["severity"] ?? []));
  assert.deepEqual([...severities].toSorted(), Object.keys(receivers).toSorted());
  const route = async (text: string, ...labels: readonly string[]): Promise<string | undefined> =>
    (await amtoolOn(text, "config", "routes", "test", "--config.file=FILE", ...labels))?.split("\n")[0];
  for (const [severity, receiver] of Object.entries({ ...receivers, none: "heartbeat" })) {
    const found = await route(ROUTES, `severity=${severity}`, "team=bridge");
    if (found === undefined) return;
    assert.equal(found, receiver);
  }
  assert.equal(await route(WITH_EXAMPLES, "severity=critical", "team=bridge"), "bridge-team");
});

Deno.test("the Slack example sends what an alert says, by a secret that is a file", async () => {
  const alertmanager = await firstInstalled(SERVERS.alertmanager);
  if (alertmanager === undefined) return skipCheck("the Slack example", "there is no Alertmanager");
  await using stack = new AsyncDisposableStack();
  const root = await Deno.makeTempDir();
  stack.defer(() => Deno.remove(root, { recursive: true }));
  const port = freePort();
  const sent: string[] = [];
  const slack = Deno.serve({ hostname: "127.0.0.1", port: freePort(), onListen() {} }, async (request) => {
    sent.push(await request.text());
    return new Response("ok");
  });
  stack.defer(() => slack.shutdown());
  const args = await layOut("alertmanager", root);
  await Deno.writeTextFile(`${root}/etc/alertmanager/secrets/slack-url`, `http://127.0.0.1:${slack.addr.port}/hook`);
  const own = WITH_EXAMPLES.replaceAll("/etc/alertmanager", `${root}/etc/alertmanager`)
    .replaceAll(/(?<=group_wait: )\d+s/g, "1s").replace(/ {4}email_configs:\n(?: {6}.*\n)+/, "");
  await Deno.writeTextFile(`${root}/etc/alertmanager/alertmanager.yml`, own);
  const command = [alertmanager, ...args, `--web.listen-address=127.0.0.1:${port}`];
  const server = stack.use(await startServer({ command, port, ready: "/-/ready" }));
  const response = await fetch(`${server.url}/api/v2/alerts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify([{
      labels: { alertname: "WalletBalanceBelowMinimum", severity: "warning", network: "demo", namespace: "prod" },
      annotations: {
        description: "Wallet batcher (0x1) is low. Top it up.",
        runbook_url: "https://example.org/runbook",
      },
    }]),
  });
  assert.equal(await response.text(), "");
  const [message] = await until("a message", () => sent.length > 0 && sent.map((text) => JSON.parse(text)));
  const [{ title, text }] = message.attachments;
  assert.deepEqual([title, text], [
    "FIRING: prod demo",
    "Wallet batcher (0x1) is low. Top it up. <https://example.org/runbook|Runbook>\n",
  ]);
});
