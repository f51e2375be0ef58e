import assert from "node:assert/strict";
import { startAnvil } from "../../dev/anvil.ts";
import { hasPrometheus, startPrometheus } from "../alerts/prometheus.ts";
import { chartTest } from "../chart/helm.ts";
import { skipCheck } from "../fakes/outside_tool.ts";
import { NO_ALERTMANAGER, startAlertmanager } from "../program/alertmanager.ts";
import { until } from "../program/until.ts";
import { startWebhook } from "../program/webhook.ts";
import { endpointScenario, networkScenario, stallScenario } from "./network_scenarios.ts";
import { crashScenario, goneScenario, reloadScenario, shardScenario } from "./process_scenarios.ts";
import { quickAlertmanager, quickRules } from "./quick.ts";
import type { Scenario, World } from "./scenario.ts";
import { walletScenario } from "./wallet_scenarios.ts";
import { collect, watch } from "./watch.ts";

/** Longer than `group_interval`, so that a message that should not be sent is sent. */
const SETTLE_MS = 8000;

/** Words of alerts that exporters do not post in this test. */
const ONLY_PROMETHEUS: ReadonlySet<string> = new Set([
  // A process that does not run posts nothing, and none knows of the others.
  "ExporterDown",
  "ExporterRestarting",
  // After a restart it is not known what was monitored before.
  "WalletVanished",
  // Only the page of this release stalls.
  "stall",
]);

/** Whether exporters post an alert by themselves. */
function isPostable(alert: string): boolean {
  return !alert.split(/[ (]/).some((word) => ONLY_PROMETHEUS.has(word));
}

/** Fails with the lines that are missing, and those that are too many. */
function assertLines(what: string, found: Iterable<string>, expected: Iterable<string>): void {
  const [actual, wanted] = [new Set(found), new Set(expected)];
  const lines = [
    ...[...wanted].filter((line) => !actual.has(line)).map((line) => `missing:  ${line}`),
    ...[...actual].filter((line) => !wanted.has(line)).map((line) => `too many: ${line}`),
  ];
  assert.ok(lines.length === 0, `${what}:\n${lines.join("\n")}`);
}

/** A failure has the problems that the exporters logged. */
async function runScenario({ run, processes }: Scenario, world: World): Promise<void> {
  try {
    await run(world);
  } catch (error) {
    const logged = processes.flatMap(({ logged }) => logged().split("\n")).filter((line) =>
      !line.includes("level=info")
    );
    throw new Error(`${error instanceof Error ? error.message : error}\n${logged.slice(-20).join("\n")}`, {
      cause: error,
    });
  }
}

chartTest("every fault reaches the right people, and no other", async (t) => {
  if (!await hasPrometheus()) return skipCheck("delivery", "there is no Prometheus; name one with PROMETHEUS");
  await using stack = new AsyncDisposableStack();
  const webhook = stack.use(startWebhook());
  const config = quickAlertmanager(webhook.url);
  const alertmanager = await startAlertmanager(config);
  // Its webhook is of no interest: the test of posting has one.
  const direct = await startAlertmanager(
    JSON.stringify({ route: { receiver: "none" }, receivers: [{ name: "none" }] }),
  );
  if (alertmanager === undefined || direct === undefined) return skipCheck("delivery", NO_ALERTMANAGER);
  stack.use(alertmanager);
  stack.use(direct);
  const node = stack.use(await startAnvil({ chainId: 31337 }));
  const setup = { node, stack, env: { ALERTMANAGER_URL: direct.url } };
  const scenarios = await Promise.all(
    [
      walletScenario,
      networkScenario,
      endpointScenario,
      stallScenario,
      crashScenario,
      goneScenario,
      shardScenario,
      reloadScenario,
    ].map((make) => make(setup)),
  );
  const posted = stack.use(collect(direct));
  const processes = scenarios.flatMap(({ processes }) => processes);
  const all = [...processes, ...scenarios.flatMap(({ fastProcesses = [] }) => fastProcesses)];
  for (const process of all) stack.use(process);
  await Promise.all(all.map(({ start }) => start()));
  const ports = processes.map(({ port }) => port);
  const prometheus = stack.use(
    await startPrometheus(ports, await quickRules(scenarios), [new URL(alertmanager.url).host]),
  );
  const watched = stack.use(watch(prometheus, alertmanager, webhook));
  const isPosted = async (alert: string): Promise<void> => {
    if (isPostable(alert)) await until(`${alert} is posted by the exporter`, () => posted.seen.has(alert));
  };
  const world: World = {
    ...watched,
    node,
    prometheus,
    async isDelivered(receiver, alert, status) {
      await watched.isDelivered(receiver, alert, status);
      await isPosted(alert);
    },
    async isInhibited(alert, by) {
      await watched.isInhibited(alert, by);
      await isPosted(alert);
    },
  };

  // All at the same time: they share nothing but the programs.
  await Promise.all(scenarios.map((scenario) =>
    t.step({
      name: scenario.name,
      fn: () => runScenario(scenario, world),
      sanitizeOps: false,
      sanitizeResources: false,
      sanitizeExit: false,
    })
  ));

  await t.step("no message follows", async () => {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    assertLines("firing", watched.firing(), []);
  });
  const delivered = scenarios.flatMap(({ delivered }) => delivered);
  const inhibited = scenarios.flatMap(({ inhibited }) => inhibited);
  await t.step("webhooks received these alerts, their resolutions, and no others", () => {
    assertLines("deliveries", watched.deliveries(), delivered);
  });
  await t.step("these alerts were inhibited, and no others", () => {
    assertLines("inhibited", watched.inhibited, inhibited);
  });
  await t.step("these alerts fired, and no others", () => {
    const heard = delivered.map((line) => line.split(": ")[1] ?? "");
    const unheard = inhibited.map((line) => line.split(" by ")[0] ?? "");
    assertLines("fired", watched.fired, [...heard, ...unheard]);
  });
  await t.step("Alertmanager without Prometheus had the same alerts", () => {
    const heartbeats = scenarios.map(({ release }) => `${release} ExporterHeartbeat`);
    assertLines("posted", posted.seen, [...watched.fired].filter(isPostable).concat(heartbeats));
  });
});
