import assert from "node:assert/strict";
import { startAnvil } from "../../dev/anvil.ts";
import { chartTest, render } from "../chart/helm.ts";
import { only } from "../chart/kube_object.ts";
import { skipCheck } from "../fakes/outside_tool.ts";
import { type Exporter, startExporter } from "../program/exporter.ts";
import { startFaultServer } from "../rig/fault_server.ts";
import { hasPrometheus, type Prometheus, startPrometheus } from "./prometheus.ts";

const WALLET = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";
const OTHER = "0x00000000219ab540356cBB839Cbe05303d7705Fa";
const COIN = 10n ** 18n;

/** Alerts with short times, which still distinguish a fault from a hiccup. */
const QUICK = { for: "2s", keepFiringFor: "1s" };
const ALERTS = {
  WalletBalanceBelowMinimum: QUICK,
  WalletBalanceCriticallyLow: QUICK,
  WalletBalanceWalletVanished: { for: "2s" },
  WalletBalanceNetworkUnreachable: QUICK,
  WalletBalanceStale: { for: "2s", threshold: 8 },
  WalletBalanceExporterDown: QUICK,
  WalletBalanceExporterStalled: { ...QUICK, threshold: 5 },
  WalletBalanceExporterConfigReloadFailed: { for: "2s" },
  WalletBalanceExporterConfigEntriesRejected: { for: "2s" },
  WalletBalanceExporterDuplicate: { for: "2s" },
  WalletBalanceExporterRpcErrors: { for: "1s" },
  WalletBalanceExporterRestarting: { threshold: 0 },
  WalletBalanceExporterNoWallets: { for: "1s" },
};

/** The groups of rules as the chart renders them, evaluated each second. */
async function quickRules(values: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const objects = await render({
    values: { ...values, prometheusRule: { enabled: true, alerts: ALERTS }, config: { checkInterval: { seconds: 1 } } },
  });
  const { groups } = only(objects, "PrometheusRule").spec;
  return JSON.stringify({ groups: groups.map((group: object) => ({ ...group, interval: "1s" })) });
}

async function stop(exporter: Exporter | undefined): Promise<void> {
  exporter?.signal("SIGTERM");
  await exporter?.ended;
}

/** Causes a fault, waits for its alerts to fire, ends the fault, and waits for them to resolve. */
async function seen(
  t: Deno.TestContext,
  prometheus: Prometheus,
  names: readonly (keyof typeof ALERTS)[],
  cause: () => unknown,
  undo: () => unknown,
): Promise<void> {
  await t.step(names.join(", "), async () => {
    for (const name of names) assert.deepEqual(await prometheus.until(name, "silent"), []);
    await cause();
    for (const name of names) {
      const [alert] = await prometheus.until(name, "firing");
      assert.equal(alert?.labels["release"], "rel");
      assert.ok((alert?.annotations["runbook_url"] ?? "").endsWith(`/${name}.md`));
      assert.doesNotMatch(alert?.annotations["description"] ?? "", /<no value>|{{/);
    }
    await undo();
    for (const name of names) await prometheus.until(name, "silent");
  });
}

chartTest("the rendered alerts fire for their faults, and resolve after them", async (t) => {
  if (!await hasPrometheus()) {
    return skipCheck("alerts in a real Prometheus", "there is none; name one with PROMETHEUS");
  }
  await using stack = new AsyncDisposableStack();
  const anvil = stack.use(await startAnvil({ chainId: 31337 }));
  const second = stack.use(await startAnvil({ chainId: 31338 }));
  const server = stack.use(startFaultServer(second.url));
  for (const node of [anvil, second]) for (const address of [WALLET, OTHER]) await node.setBalance(address, 5n * COIN);
  const folder = await Deno.makeTempDir();
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const batcher = { address: WALLET, label: "batcher", min_balance_eth: 1 };
  const config = (...more: readonly unknown[]): string => withWallets(batcher, ...more);
  const withWallets = (...wallets: readonly unknown[]): string =>
    JSON.stringify({
      [anvil.url]: wallets,
      // By another name of this machine, it is a network of another name.
      [server.url.replace("127.0.0.1", "localhost")]: [{ address: OTHER, label: "other" }],
    });
  const file = `${folder}/wallets.json`;
  await Deno.writeTextFile(file, config());
  const env = {
    WALLET_CONFIG_FILE: file,
    CHECK_INTERVAL: "1",
    RPC_TIMEOUT: "20s",
    RELEASE_NAME: "rel",
    POD_NAMESPACE: "ns",
  };
  let exporter = startExporter(env);
  const double = startExporter({ ...env, METRICS_PORT: String(exporter.port + 1) });
  await stop(double);
  const reload = async (text: string): Promise<void> => {
    await Deno.writeTextFile(file, text);
    exporter.signal("SIGHUP");
  };
  const prometheus = stack.use(await startPrometheus([exporter.port, double.port], await quickRules()));
  stack.defer(() => stop(exporter));

  await seen(
    t,
    prometheus,
    ["WalletBalanceBelowMinimum", "WalletBalanceCriticallyLow"],
    () => anvil.setBalance(WALLET, COIN / 10n),
    () => anvil.setBalance(WALLET, 5n * COIN),
  );
  await seen(
    t,
    prometheus,
    ["WalletBalanceWalletVanished"],
    async () => {
      await anvil.setBalance(WALLET, COIN / 10n);
      await prometheus.until("WalletBalanceCriticallyLow", "firing");
      await reload(withWallets());
      const [alert] = await prometheus.until("WalletBalanceWalletVanished", "firing");
      assert.equal(alert?.labels["severity"], "critical");
    },
    async () => {
      await anvil.setBalance(WALLET, 5n * COIN);
      await reload(config());
    },
  );
  await seen(
    t,
    prometheus,
    ["WalletBalanceNetworkUnreachable", "WalletBalanceExporterRpcErrors"],
    () => server.plan = { fault: { kind: "reply", reply: { status: 500, body: "<html>" } } },
    () => server.plan = { fault: { kind: "none" } },
  );
  await seen(
    t,
    prometheus,
    ["WalletBalanceExporterConfigEntriesRejected"],
    () => reload(config({ address: "0x12", label: "typo" })),
    () => reload(config()),
  );
  await seen(
    t,
    prometheus,
    ["WalletBalanceExporterConfigReloadFailed"],
    () => reload("{"),
    () => reload(config()),
  );
  await seen(
    t,
    prometheus,
    ["WalletBalanceStale"],
    () => server.plan = { fault: { kind: "behaviour", name: "reads and never answers" } },
    () => server.plan = { fault: { kind: "none" } },
  );
  // A process that responds while its polls have stalled: it always serves the same page.
  const page = await (await fetch(`http://127.0.0.1:${exporter.port}/metrics`)).text();
  let frozen: Deno.HttpServer | undefined;
  await seen(
    t,
    prometheus,
    ["WalletBalanceExporterStalled"],
    () => {
      frozen = Deno.serve({ hostname: "127.0.0.1", port: double.port, onListen() {} }, () => new Response(page));
    },
    () => frozen?.shutdown(),
  );
  let other: Exporter | undefined;
  await seen(
    t,
    prometheus,
    ["WalletBalanceExporterDuplicate"],
    () => other = startExporter({ ...env, METRICS_PORT: String(double.port) }),
    () => stop(other),
  );
  const { port } = exporter;
  await seen(
    t,
    prometheus,
    ["WalletBalanceExporterDown"],
    () => stop(exporter),
    () => exporter = { ...startExporter({ ...env, METRICS_PORT: String(port) }), port },
  );
  await t.step("WalletBalanceExporterRestarting", async () => {
    await prometheus.until("WalletBalanceExporterRestarting", "firing");
  });
});

chartTest(
  "a shard that is gone with both of its replicas fires, though as many processes are left as shards",
  async () => {
    if (!await hasPrometheus()) {
      return skipCheck(
        "shards in a real Prometheus",
        "there is none; name one with PROMETHEUS",
      );
    }
    await using stack = new AsyncDisposableStack();
    const env = { WALLET_CONFIG: "{}", CHECK_INTERVAL: "1", RELEASE_NAME: "rel", POD_NAMESPACE: "ns" };
    const replicas = (shard: string): readonly Exporter[] => [1, 2].map(() => startExporter({ ...env, SHARD: shard }));
    const [first, second] = [replicas("0/2"), replicas("1/2")];
    stack.defer(() => Promise.all([...first, ...second].map(stop)).then(() => undefined));
    const ports = [...first, ...second].map(({ port }) => port);
    const prometheus = stack.use(await startPrometheus(ports, await quickRules({ shards: 2, replicaCount: 2 })));
    await prometheus.until("WalletBalanceExporterNoWallets", "firing");
    await prometheus.until("WalletBalanceExporterDown", "silent");
    await Promise.all(second.map(stop));
    const [alert] = await prometheus.until("WalletBalanceExporterDown", "firing");
    assert.match(alert?.annotations["description"] ?? "", /^Exporter ns\/rel is down \(1 of 2 instances report\)/);
  },
);
