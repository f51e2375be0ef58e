import { freePort } from "../tests/program/free_port.ts";
import { type Exporter, startExporter } from "../tests/program/exporter.ts";
import { firstInstalled, type Server, SERVERS, startServer } from "../tests/program/server.ts";
import { firstPoll } from "../tests/program/wait_for_poll.ts";
import { familiesOfRules, read } from "../tests/rules/rendered.ts";
import { startFunded } from "./reading.ts";
import type { Row } from "./table.ts";

/** As in a fleet of 1,000,000 wallets in 20 shards. */
const WALLETS_PER_SHARD = 50_000;
const SHARDS = (Deno.env.get("SHARDS") ?? "1,4").split(",").map(Number);
const SCRAPE_SECONDS = 15;
/** Enough that memory and CPU are those of scrapes, not of the start. */
const SCRAPES = 8;
/** The minute of an evaluation must pass twice. */
const SCRAPES_WITH_RULES = 12;
const RULES = "deploy/prometheus/rules.yaml";

/** A program that scrapes and stores, and one that evaluates rules if it does not itself. */
interface Storage {
  readonly programs: readonly string[];
  /** Reads `scrape.json` and `rules.yaml` of its folder. */
  args(folder: string, port: number): readonly string[];
  readonly ready: string;
  /** Its own metric of the series that it holds. */
  readonly series: RegExp;
  readonly ruler?: Ruler;
  /** The metric of the durations of the groups, of the ruler or itself, in seconds. */
  readonly duration: RegExp;
}

interface Ruler {
  readonly programs: readonly string[];
  args(folder: string, port: number, url: string): readonly string[];
}

const STORAGES: Readonly<Record<string, Storage>> = {
  Prometheus: {
    programs: SERVERS.prometheus,
    args: (folder, port) => [
      `--config.file=${folder}/scrape.json`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=error",
    ],
    ready: "/-/ready",
    series: /^prometheus_tsdb_head_series (\S+)/m,
    duration: /^prometheus_rule_group_last_duration_seconds\{.*\} (\S+)/gm,
  },
  VictoriaMetrics: {
    programs: ["victoria-metrics"],
    args: (folder, port) => [
      `-promscrape.config=${folder}/scrape.json`,
      `-storageDataPath=${folder}/data`,
      `-httpListenAddr=127.0.0.1:${port}`,
      "-loggerLevel=ERROR",
      "-promscrape.maxScrapeSize=256MB",
      "-search.maxUniqueTimeseries=2000000",
      "-search.maxQueryDuration=60s",
    ],
    ready: "/health",
    series: /^vm_cache_entries{type="storage\/hour_metric_ids"} (\S+)/m,
    ruler: {
      programs: ["vmalert"],
      args: (folder, port, url) => [
        `-rule=${folder}/rules.yaml`,
        `-httpListenAddr=127.0.0.1:${port}`,
        `-datasource.url=${url}`,
        `-remoteWrite.url=${url}`,
        `-remoteRead.url=${url}`,
        "-notifier.blackhole",
        "-loggerLevel=ERROR",
      ],
    },
    duration: /^vmalert_iteration_duration_seconds\{.*quantile="1"\} (\S+)/gm,
  },
};

/** What is scraped, and whether rules are evaluated. */
interface Scope {
  readonly name: string;
  readonly families: readonly string[];
  readonly hasRules: boolean;
}

/** What it takes to store the series of shards of 50,000 wallets each, and to evaluate the rules on them. */
export async function benchStorage(): Promise<readonly Row[]> {
  await using node = await startFunded(WALLETS_PER_SHARD);
  const folder = await Deno.makeTempDir();
  const exporters: Exporter[] = [];
  const rows: Row[] = [];
  try {
    for (let shard = 0; shard < Math.max(...SHARDS); shard++) {
      const wallets = node.accounts.map((address, index) => ({
        address,
        label: `wallet-${shard}-${index}`,
        min_balance_eth: 1.5,
      }));
      const file = `${folder}/${shard}.json`;
      await Deno.writeTextFile(file, JSON.stringify({ [`${node.url}?shard=${shard}`]: wallets }));
      const exporter = startExporter({
        WALLET_CONFIG_FILE: file,
        CHECK_INTERVAL: "60",
        RELEASE_NAME: `shard-${shard}`,
      });
      exporters.push(exporter);
      await firstPoll(exporter);
    }
    const needed = familiesOfRules();
    const scopes: readonly Scope[] = [
      { name: "all families", families: [], hasRules: false },
      { name: "families of the rules", families: needed, hasRules: false },
      { name: "families of the rules, and rules", families: needed, hasRules: true },
    ];
    for (const scope of scopes) {
      for (const [name, storage] of Object.entries(STORAGES)) {
        for (const shards of SHARDS) {
          rows.push(await measure(name, storage, exporters.slice(0, shards), scope));
        }
      }
    }
  } finally {
    await Promise.all(exporters.map((exporter) => exporter.terminate(5000)));
    await Deno.remove(folder, { recursive: true });
  }
  return rows;
}

async function measure(
  name: string,
  { programs, args, ready, series, ruler, duration }: Storage,
  exporters: readonly Exporter[],
  scope: Scope,
): Promise<Row> {
  const what = `${name}, ${exporters.length} × ${WALLETS_PER_SHARD} wallets, ${scope.name}`;
  const program = await firstInstalled(programs);
  const rulerProgram = await firstInstalled(ruler?.programs ?? []);
  if (program === undefined) return { what, value: "not measured", against: `there is no ${programs.join(" or ")}` };
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(
    `${folder}/scrape.json`,
    JSON.stringify(scrapeConfig(exporters, scope, ruler === undefined)),
  );
  await Deno.writeTextFile(`${folder}/rules.yaml`, read(RULES));
  const port = freePort();
  const running: Server[] = [];
  try {
    const server = await startServer({ command: [program, ...args(folder, port)], port, ready });
    running.push(server);
    if (scope.hasRules && ruler !== undefined && rulerProgram !== undefined) {
      const own = freePort();
      const command = [rulerProgram, ...ruler.args(folder, own, server.url)];
      running.push(await startServer({ command, port: own, ready: "/health" }));
    }
    // Creating the series costs more than the scrapes after it.
    await sleep(2 * SCRAPE_SECONDS);
    const before = await sumOf(running, CPU);
    let peak = 0;
    const scrapes = scope.hasRules ? SCRAPES_WITH_RULES : SCRAPES;
    for (let scrape = 0; scrape < scrapes; scrape++) {
      await sleep(SCRAPE_SECONDS);
      peak = Math.max(peak, await sumOf(running, RSS));
    }
    const seconds = await sumOf(running, CPU) - before;
    const count = await sumOf([server], series);
    const durations = await sumOf(running.slice(-1), duration);
    return {
      what,
      value: `${mebibytes(peak)} MiB`,
      against: [
        `${count} series, ${(peak / count).toFixed(0)} B each`,
        `${(seconds / scrapes / SCRAPE_SECONDS).toFixed(3)} cores`,
        ...scope.hasRules
          ? [`${durations.toFixed(1)} s per evaluation`]
          : [`${(1e6 * seconds / scrapes / count).toFixed(2)} µs per sample`],
        `page ${await pageSize(exporters[0], scope.families)}`,
      ].join(" · "),
    };
  } finally {
    for (const each of running.reverse()) await each[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  }
}

function scrapeConfig(exporters: readonly Exporter[], scope: Scope, evaluates: boolean): unknown {
  const seconds = `${SCRAPE_SECONDS}s`;
  return {
    global: { scrape_interval: seconds, scrape_timeout: seconds },
    ...(scope.hasRules && evaluates && { rule_files: ["rules.yaml"] }),
    scrape_configs: [{
      job_name: "wallets",
      honor_labels: true,
      ...(scope.families.length > 0 && { params: { "name[]": scope.families } }),
      static_configs: [{ targets: exporters.map(({ port }) => `127.0.0.1:${port}`) }],
    }],
  };
}

async function pageSize(exporter: Exporter | undefined, names: readonly string[]): Promise<string> {
  const page = `http://127.0.0.1:${exporter?.port}/metrics?${names.map((name) => `name[]=${name}`).join("&")}`;
  const bytes = (await (await fetch(page)).arrayBuffer()).byteLength;
  return `${mebibytes(bytes)} MiB`;
}

const CPU = /^process_cpu_seconds_total (\S+)/gm;
const RSS = /^process_resident_memory_bytes (\S+)/gm;

async function sumOf(servers: readonly Server[], metric: RegExp): Promise<number> {
  let sum = 0;
  for (const { url } of servers) {
    const text = await (await fetch(`${url}/metrics`)).text();
    for (const [, value] of text.matchAll(new RegExp(metric, "gm"))) sum += Number(value) || 0;
  }
  return sum;
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(bytes < 2 ** 27 ? 1 : 0);
}

function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
}
