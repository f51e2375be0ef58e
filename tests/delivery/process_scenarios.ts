import { shardOf } from "../../src/config/model/shard.ts";
import { until } from "../program/until.ts";
import type { Scenario, Setup } from "./scenario.ts";
import { coins, configOf, fastConfig, fastProcessOf, processOf, type Wallet, wallet } from "./world.ts";

/** The exporter is killed again and again, while a wallet drains. */
export async function crashScenario({ node, env }: Setup): Promise<Scenario> {
  const drained = wallet("drained", { thresholds: { minimum: 2 }, labels: { team: "bridge" } });
  await node.setBalance(drained.address, coins(20));
  const config = configOf({ main: { endpoints: [node.url], wallets: [drained] } });
  const exporter = processOf("loop", { ...env, WALLET_CONFIG: config });
  return {
    name: "the exporter crash-loops",
    release: "loop",
    rulesFrom: "rules command",
    config,
    processes: [exporter],
    // However long a restart takes on this machine.
    alerts: { WalletBalanceExporterDown: { for: "60s" } },
    async run({ prometheus, isFiring, isDelivered }) {
      await node.setBalance(drained.address, coins(1));
      async function restart(): Promise<void> {
        await exporter.kill();
        const at = Date.now() / 1000;
        await exporter.start();
        await until(
          "a scrape after the restart",
          async () => await prometheus.count(`process_start_time_seconds{release="loop"} > ${at - 1}`) > 0,
        );
      }
      while (!isFiring("loop ExporterRestarting")) await restart();
      await isDelivered("ticket", "loop ExporterRestarting", "firing");
      await isDelivered("ticket", "loop BelowMinimum drained", "firing");
      await node.setBalance(drained.address, coins(20));
      await isDelivered("ticket", "loop BelowMinimum drained", "resolved");
      await isDelivered("ticket", "loop ExporterRestarting", "resolved");
    },
    delivered: [
      "ticket: loop ExporterRestarting: firing resolved",
      "ticket: loop BelowMinimum drained: firing resolved",
      "bridge: loop BelowMinimum drained: firing resolved",
    ],
    inhibited: [],
  };
}

/** The exporter vanishes, and is started again. */
export async function goneScenario({ node, env }: Setup): Promise<Scenario> {
  const watched = wallet("watched", { thresholds: { minimum: 2 } });
  await node.setBalance(watched.address, coins(20));
  const config = configOf({ main: { endpoints: [node.url], wallets: [watched] } });
  const exporter = processOf("gone", { ...env, WALLET_CONFIG: config });
  return {
    name: "the exporter vanishes",
    release: "gone",
    rulesFrom: "rules command",
    config,
    processes: [exporter],
    async run({ isDelivered }) {
      await exporter.kill();
      await isDelivered("page", "gone ExporterDown", "firing");
      await exporter.start();
      await isDelivered("page", "gone ExporterDown", "resolved");
    },
    delivered: ["page: gone ExporterDown: firing resolved"],
    inhibited: [],
  };
}

/** One of two shards is lost, with a wallet that was low and one that was not. */
export async function shardScenario({ node, env }: Setup): Promise<Scenario> {
  const network = "split";
  const kept = walletIn(0, "kept");
  const lost = walletIn(1, "lost", { labels: { team: "bridge" } });
  const low = walletIn(1, "low", { thresholds: { minimum: 2 }, labels: { team: "sequencer" } });
  for (const { address } of [kept, lost, low]) await node.setBalance(address, coins(20));
  const config = configOf({ [network]: { endpoints: [node.url], wallets: [kept, lost, low] } });
  const [first, second] = [
    processOf("shards", { ...env, WALLET_CONFIG: config, SHARD: "0/2" }),
    processOf("shards", { ...env, WALLET_CONFIG: config, SHARD: "1/2" }),
  ];

  function walletIn(shard: number, label: string, rest: Readonly<Record<string, unknown>> = {}): Wallet {
    for (;;) {
      const found = wallet(label, rest);
      if (shardOf(network, found.address, 2) === shard) return found;
    }
  }
  return {
    name: "a shard is lost",
    release: "shards",
    rulesFrom: "chart",
    config,
    shards: 2,
    processes: [first, second],
    async run({ prometheus, resolves, isDelivered, isInhibited }) {
      // Only wallets that were monitored for a while are missed.
      await until(
        "half a minute",
        async () => await prometheus.count('wallet:wallet_balance_check_success:max{label="lost"} offset 30s') > 0,
      );
      await node.setBalance(low.address, coins(0.1));
      await isDelivered("page", "shards CriticallyLow low", "firing");
      await isInhibited("shards BelowMinimum low", "shards CriticallyLow low");
      await second.kill();
      await isDelivered("page", "shards ExporterDown", "firing");
      await isDelivered("page", "shards WalletVanished(critical) low", "firing");
      await isDelivered("page", "shards CriticallyLow low", "resolved");
      await isInhibited("shards WalletVanished(info) lost", "shards ExporterDown");
      await second.start();
      await isDelivered("page", "shards ExporterDown", "resolved");
      await isDelivered("page", "shards WalletVanished(critical) low", "resolved");
      await isDelivered("page", "shards CriticallyLow low", "firing");
      await isInhibited("shards BelowMinimum low", "shards CriticallyLow low");
      await node.setBalance(low.address, coins(20));
      await isDelivered("page", "shards CriticallyLow low", "resolved");
      await resolves("shards BelowMinimum low");
    },
    delivered: [
      "page: shards CriticallyLow low: firing resolved firing resolved",
      "sequencer: shards CriticallyLow low: firing resolved firing resolved",
      "page: shards ExporterDown: firing resolved",
      "page: shards WalletVanished(critical) low: firing resolved",
      "sequencer: shards WalletVanished(critical) low: firing resolved",
    ],
    inhibited: [
      "shards BelowMinimum low by shards CriticallyLow low",
      "shards WalletVanished(info) lost by shards ExporterDown",
    ],
  };
}

/** A changed configuration is refused, then corrected. */
export async function reloadScenario({ node, stack, env }: Setup): Promise<Scenario> {
  const steady = wallet("steady", { thresholds: { minimum: 2 } });
  await node.setBalance(steady.address, coins(20));
  const config = configOf({ main: { endpoints: [node.url], wallets: [steady] } });
  const folder = await Deno.makeTempDir();
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const [file, fastFile] = [`${folder}/config.yaml`, `${folder}/fast.yaml`];
  const exporter = processOf("reload", { ...env, WALLET_CONFIG_FILE: file });
  const fast = fastProcessOf("reload", { ...env, WALLET_CONFIG_FILE: fastFile });
  async function write(text: string): Promise<void> {
    await Deno.writeTextFile(file, text);
    await Deno.writeTextFile(fastFile, fastConfig(text));
  }
  async function reload(text: string): Promise<void> {
    await write(text);
    for (const process of [exporter, fast]) process.signal("SIGHUP");
  }
  await write(config);
  return {
    name: "a reload is refused",
    release: "reload",
    rulesFrom: "rules command",
    config,
    processes: [exporter],
    fastProcesses: [fast],
    async run({ isDelivered }) {
      await reload(config.replace("wallets", "walets"));
      await isDelivered("ticket", "reload ExporterConfigReloadFailed", "firing");
      await reload(config);
      await isDelivered("ticket", "reload ExporterConfigReloadFailed", "resolved");
    },
    delivered: ["ticket: reload ExporterConfigReloadFailed: firing resolved"],
    inhibited: [],
  };
}
