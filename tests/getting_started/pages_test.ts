import assert from "node:assert/strict";
import { parse } from "yaml";
import { render } from "../chart/helm.ts";
import { only } from "../chart/kube_object.ts";
import { runOutside, skipCheck } from "../fakes/outside_tool.ts";
import { until } from "../program/until.ts";
import { commandsOf, pages } from "./commands.ts";
import { standInForCluster, standInForDocker } from "./stand_ins.ts";
import { COIN, startVisit, type Visit, WALLET } from "./visit.ts";

const METRICS = "http://127.0.0.1:8080/metrics";
const HAS_BALANCE = /^wallet_balance_eth\{.*label="batcher".*\} 5$/m;

async function isServed(pattern: RegExp): Promise<boolean> {
  return pattern.test(await (await fetch(METRICS)).text());
}

/** The first commands of the page for VMs, with which the user has the unpacked archive. */
async function unpack(visit: Visit): Promise<void> {
  await visit.follow(commandsOf("vm")[0]?.text ?? "");
}

async function isMissing(tool: string): Promise<boolean> {
  if (await runOutside([tool, "--help"], "") !== undefined) return false;
  skipCheck(`pages with ${tool}`, `there is no ${tool}`);
  return true;
}

Deno.test("there is a test for every page", async () => {
  const tested: string[] = [];
  for await (const { name } of Deno.readDir(new URL(".", import.meta.url))) {
    if (!name.endsWith("_test.ts")) continue;
    const text = await Deno.readTextFile(new URL(name, import.meta.url));
    tested.push(...[...text.matchAll(/commandsOf\("([^"]+)"\)/g)].map(([, page = ""]) => page));
  }
  assert.deepEqual([...new Set(tested)].toSorted(), pages());
});

Deno.test("the page for Docker, on the binary without Docker", async () => {
  await using visit = await startVisit();
  const recorded = await standInForDocker(visit);
  for (const { text } of commandsOf("docker")) {
    if (text.startsWith("docker logs")) await until("the exporter", () => isServed(HAS_BALANCE));
    await visit.follow(text);
  }
  assert.match(visit.printed(), /^OK$/m);
  assert.match(visit.printed(), /msg=Serving /);
  assert.equal([...visit.printed().matchAll(/^ethereum +batcher +\S+ +5 +ETH +1 +fine$/gm)].length, 2);
  const started = (await recorded()).find((line) => line.startsWith("run -d "));
  for (const flag of ["--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "-p 127.0.0.1:8080:8080"]) {
    assert.ok(started?.includes(` ${flag} `), flag);
  }
});

Deno.test("the page for Compose leads to the stack of the archive, and drains a wallet of its node", async () => {
  await using visit = await startVisit();
  const recorded = await standInForDocker(visit);
  await unpack(visit);
  const wallet = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
  const config = `${visit.folder}/deploy/compose/wallets/wallets.yaml`;
  const balances: bigint[] = [];
  for (const { section, text } of commandsOf("compose")) {
    if (section !== "Compose") {
      const own = (await Deno.readTextFile(config)).replace("label: batcher", "$&\n        labels: { team: bridge }");
      await Deno.writeTextFile(config, own);
    }
    await visit.follow(text);
    balances.push(BigInt(String(await visit.node.rpc("eth_getBalance", [wallet, "latest"]))));
  }
  assert.deepEqual(balances.slice(1, 3), [COIN / 2n, 10n * COIN]);
  assert.match(await Deno.readTextFile(`${visit.folder}/deploy/compose/rules.yaml`), /by \([^)]*\bteam\b/);
  assert.equal((await recorded())[0], "compose --profile demo up -d --wait");
  await visit.follow("test -f compose.yaml && test -f ../prometheus/rules.yaml && test -f ../grafana/dashboard.json");
  const { networks: [network] } = parse(await Deno.readTextFile(config));
  assert.equal(network.wallets[0].address, wallet);
});

Deno.test("the page for Kubernetes renders the objects that it promises, with and without the Operator", async () => {
  if (await isMissing("kubectl") || await isMissing("helm")) return;
  await using visit = await startVisit();
  await standInForCluster(visit);
  const printed = new Map<string, string>();
  for (const { section, text } of commandsOf("kubernetes")) {
    const before = visit.printed().length;
    await visit.follow(text);
    printed.set(section, visit.printed().slice(before));
  }
  const [secret = "", operator = "", plain = ""] = printed.values();
  assert.match(secret, /^kind: Secret$/m);
  assert.match(secret, /^ {2}wallet-balance-exporter: \S+$/m);
  for (const kind of ["ServiceMonitor", "PrometheusRule"]) {
    assert.match(operator, new RegExp(`^kind: ${kind}$`, "m"));
    assert.doesNotMatch(plain, new RegExp(`^kind: ${kind}$`, "m"));
  }
  assert.match(operator, /grafana_dashboard: "1"/);
  assert.match(plain, /prometheus\.io\/scrape: "true"/);
  const { data } = parse(secret.slice(secret.indexOf("apiVersion:"), secret.lastIndexOf("done-")));
  await Deno.writeTextFile(`${visit.folder}/stored.yaml`, atob(data["wallet-balance-exporter"]));
  await unpack(visit);
  await visit.follow("./wallet-balance-exporter check stored.yaml");
});

Deno.test("the page for Datadog configures the Agent like the chart", async () => {
  if (await isMissing("helm") || await isMissing("jq")) return;
  await using visit = await startVisit();
  await standInForCluster(visit);
  await unpack(visit);
  await visit.standIn("curl", `[[ $2 == https://api.datadoghq.com/api/v1/monitor ]] && echo "posted \${!#}"`);
  await visit.follow("export DD_API_KEY=key DD_APP_KEY=key");
  await visit.standIn("sudo", `exec "\${@//\\/etc\\/datadog-agent/..}"`);
  for (const name of ["systemctl", "datadog-agent"]) await visit.standIn(name, "");
  await Deno.mkdir(`${visit.folder}/../conf.d/openmetrics.d`, { recursive: true });
  for (const { text } of commandsOf("datadog")) await visit.follow(text);
  assert.match(visit.printed(), /^kind: DatadogMonitor$/m);
  const posted = [...visit.printed().matchAll(/^posted (.*)$/gm)].map(([, body = ""]) => JSON.parse(body));
  const monitors = JSON.parse(await Deno.readTextFile(`${visit.folder}/deploy/datadog/monitors.json`));
  assert.ok(monitors.length > 5);
  assert.deepEqual(posted, monitors);
  const values = { datadog: { monitors: { enabled: true } } };
  const { spec } = only(await render({ values }), "Deployment");
  const annotation = "ad.datadoghq.com/wallet-balance-exporter.checks";
  const text = spec.template.metadata.annotations?.[annotation] ?? "";
  const { openmetrics } = JSON.parse(text.replace("%%host%%", "localhost"));
  const file = await Deno.readTextFile(`${visit.folder}/../conf.d/openmetrics.d/wallet-balance-exporter.yaml`);
  assert.deepEqual(parse(file), openmetrics);
});

Deno.test("the page for users of Defender makes a list of relayers that the exporter reads", async () => {
  if (await isMissing("jq")) return;
  await using visit = await startVisit();
  await unpack(visit);
  const items = [
    { name: "payments", address: WALLET.toLowerCase(), network: "mainnet", minBalance: "100000000000000000" },
    { name: "other", address: WALLET.toLowerCase(), network: "sepolia", minBalance: "100000000000000000" },
  ];
  await Deno.writeTextFile(`${visit.folder}/relayers.json`, JSON.stringify({ items }));
  for (const { text } of commandsOf("openzeppelin-defender")) await visit.follow(text);
  const list = await Deno.readTextFile(`${visit.folder}/wallets.csv`);
  assert.equal(list, `address,label\n"${WALLET.toLowerCase()}","payments"\n`);
  const config = (await Deno.readTextFile(`${visit.folder}/wallets.yaml`))
    .replace(/ {4}wallets:\n[^]*/, "    walletsFrom: wallets.csv\n");
  await Deno.writeTextFile(`${visit.folder}/relayers.yaml`, config);
  await visit.follow("./wallet-balance-exporter once --config.file=relayers.yaml");
  assert.match(visit.printed(), /^ethereum +payments +0x\S+ +5 +ETH +0\.1 +fine$/m);
});
