import { gunzipSync } from "node:zlib";
import { startFakeNode } from "../tests/fakes/fake_node.ts";
import { type Exporter, startExporter } from "../tests/program/exporter.ts";
import { deadPort } from "../tests/program/free_port.ts";
import { firstPoll } from "../tests/program/wait_for_poll.ts";
import { ms, quantile, type Row } from "./table.ts";

/** Another binary to compare with, from the same run. */
const BEFORE = Deno.env.get("EXPORTER_BEFORE");
/** How long an exporter is watched that has nothing to do, in seconds. */
const IDLE_SECONDS = Number(Deno.env.get("IDLE_SECONDS") ?? "60");
const POLLS = 5;
const INTERVAL = 5;
const STARTS = 10;

/**
 * Measures what the whole process costs: CPU per poll with one compressed scrape,
 * CPU while nothing happens, and how soon the first balances are on a page that was
 * asked for before. With `EXPORTER_BEFORE=path` beside another binary.
 */
export async function benchCost(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const wallets of [1000, 10_000]) rows.push(...await benchPolls(wallets));
  return [...rows, await benchIdle(), await benchDead(), await benchFirstBalances()];
}

/** A node of wallets whose balances change with every block. */
export function startNode(wallets: number): WatchedNode {
  const addresses = Array.from(
    { length: wallets },
    (_, index) =>
      `0x${(BigInt(index + 1) * 0x9e3779b97f4a7c15f39cc0605cedc834n % 2n ** 160n).toString(16).padStart(40, "0")}`,
  );
  const node = startFakeNode({
    overrides: true,
    balances: new Map(addresses.map((address, index) => [address, 10n ** 18n + BigInt(index) * 10n ** 12n])),
    weiAt: (wei, block) => wei + block * 10n ** 9n,
  });
  const entries = addresses.map((address, index) => ({ address, label: `wallet-${index}`, min_balance_eth: 0.5 }));
  const timer = setInterval(() => node.truth.block++, 1000);
  return {
    config: JSON.stringify({ [node.url]: entries }),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await node[Symbol.asyncDispose]();
    },
  };
}

export interface WatchedNode extends AsyncDisposable {
  readonly config: string;
}

export async function start(config: string, interval: number, binary?: string): Promise<Exporter & AsyncDisposable> {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(file, config);
  // In place of the program under test, which the shell gets as arguments it does not use.
  const through = binary === undefined ? [] : ["sh", "-c", `exec "${binary}"`];
  const exporter = startExporter({ WALLET_CONFIG_FILE: file, CHECK_INTERVAL: `${interval}` }, [], through);
  return {
    ...exporter,
    async [Symbol.asyncDispose]() {
      await exporter.terminate(5000);
      await Deno.remove(file);
    },
  };
}

/** Both binaries at once, so that what else the machine does counts for both. */
async function benchPolls(wallets: number): Promise<readonly Row[]> {
  await using node = startNode(wallets);
  await using now = await start(node.config, INTERVAL);
  await using before = BEFORE === undefined ? undefined : await start(node.config, INTERVAL, BEFORE);
  const both = before === undefined ? [now] : [now, before];
  for (const exporter of both) await balancesOf(exporter, wallets);
  const costs = both.map((): number[] => []);
  for (let poll = 0; poll < POLLS; poll++) {
    const started = await Promise.all(both.map(cpuOf));
    await sleep(1000 * INTERVAL);
    for (const exporter of both) await compressedPage(exporter);
    const ended = await Promise.all(both.map(cpuOf));
    for (const [index, cost] of costs.entries()) cost.push((ended[index] ?? NaN) - (started[index] ?? NaN));
  }
  const page = await compressedPage(now);
  const series = gunzipSync(page).toString().split("\n").filter((line) => /^[a-z]/.test(line)).length;
  const [ours = [], theirs = []] = costs;
  const what = `CPU per poll of ${wallets} wallets with a gzip scrape, median of ${POLLS}`;
  const ratio = quantile(ours.map((cost, index) => cost / (theirs[index] ?? NaN)), 0.5);
  return [
    {
      what,
      value: ms(quantile(ours, 0.5)),
      against: before === undefined
        ? "EXPORTER_BEFORE names no binary to compare with"
        : `${ratio.toFixed(2)} × before`,
    },
    { what: "gzip bytes a series", value: (page.length / series).toFixed(1), against: "≤ 45" },
  ];
}

async function benchIdle(): Promise<Row> {
  await using node = startNode(1000);
  await using exporter = await start(node.config, 300);
  await balancesOf(exporter, 1000);
  await sleep(10_000);
  const started = await cpuOf(exporter);
  await sleep(1000 * IDLE_SECONDS);
  const share = (await cpuOf(exporter) - started) / (10 * IDLE_SECONDS);
  return {
    what: `idle, 1000 wallets, ${IDLE_SECONDS} s`,
    value: `${share.toFixed(2)} %`,
    against: "≤ 0.1 % of a core",
  };
}

/** Networks whose nodes are all down cost next to nothing. */
async function benchDead(): Promise<Row> {
  const wallet = { address: `0x${"1".padStart(40, "0")}`, label: "w" };
  const networks = Array.from({ length: 100 }, (_, index) => [`http://127.0.0.1:${deadPort()}/n${index}`, [wallet]]);
  await using exporter = await start(JSON.stringify(Object.fromEntries(networks)), 5);
  await firstPoll(exporter);
  const started = await cpuOf(exporter);
  await sleep(1000 * IDLE_SECONDS);
  const share = (await cpuOf(exporter) - started) / (10 * IDLE_SECONDS);
  return {
    what: "100 endpoints that are down, asked every 5 s",
    value: `${share.toFixed(2)} %`,
    against: "≤ 10 % of a core",
  };
}

async function benchFirstBalances(): Promise<Row> {
  await using node = startNode(10);
  const times: number[] = [];
  for (let time = 0; time < STARTS; time++) {
    const started = performance.now();
    await using exporter = await start(node.config, 60);
    await balancesOf(exporter, 10);
    times.push(performance.now() - started);
  }
  return { what: `start to first balances, slowest of ${STARTS}`, value: ms(Math.max(...times)), against: "≤ 300 ms" };
}

/** Asks for the page from the first moment on, until all balances are there. */
export async function balancesOf(exporter: Exporter, wallets: number): Promise<void> {
  for (;;) {
    if (exporter.hasEnded()) throw new Error(`The exporter ended: ${(await exporter.ended).stderr}`);
    const page = await compressedPage(exporter).then((bytes) => gunzipSync(bytes).toString(), () => "");
    if (page.split("\nwallet_balance_eth{").length > wallets) return;
    await sleep(2);
  }
}

/** By curl: `fetch` would decompress it. */
async function compressedPage({ port }: Exporter): Promise<Uint8Array> {
  const url = `http://127.0.0.1:${port}/metrics`;
  const { success, stdout } = await new Deno.Command("curl", { args: ["-sf", "-H", "accept-encoding: gzip", url] })
    .output();
  if (!success) throw new Error(`No page at ${url}`);
  return stdout;
}

/** User and system time since the start, in milliseconds; from all threads, to the nanosecond. */
export async function cpuOf({ pid }: Exporter): Promise<number> {
  // What is below /proc is open to other programs only.
  const { stdout } = await new Deno.Command("sh", { args: ["-c", `cat /proc/${pid}/task/*/schedstat`] }).output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  return lines.reduce((sum, line) => sum + Number(line.split(" ")[0]), 0) / 1e6;
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
