import { startExporter } from "../tests/program/exporter.ts";
import { firstPoll } from "../tests/program/wait_for_poll.ts";
import { type Funded, startFunded } from "./reading.ts";
import { ms, quantile, type Row } from "./table.ts";

const FLEETS = [100, 1000, 10_000, 50_000] as const;
const ENDPOINTS = [1, 10, 50] as const;
const POLLS = 10;

/** What resident memory is to stay under, in MiB, with one endpoint. */
const MAX_MEMORY: Readonly<Record<number, number>> = { 1000: 90, 10_000: 150, 50_000: 400 };

/**
 * Watches fleets of all sizes behind one, ten and fifty endpoints of a real node,
 * scraped once per poll: of the compiled binary with `EXPORTER_BIN`, else from source.
 */
export async function benchScale(): Promise<readonly Row[]> {
  await using node = await startFunded(Math.max(...FLEETS));
  const rows: Row[] = [await benchIdle()];
  for (const wallets of FLEETS) {
    for (const endpoints of ENDPOINTS) rows.push(await benchFleet(node, wallets, endpoints));
  }
  return rows;
}

/** One wallet of a node that is down. */
async function benchIdle(): Promise<Row> {
  const config = { "http://127.0.0.1:18999/": [{ address: `0x${"1".padStart(40, "0")}`, label: "w" }] };
  const exporter = startExporter({ WALLET_CONFIG: JSON.stringify(config) });
  try {
    await firstPoll(exporter);
    await sleep(5000);
    const value = `${mebibytes(await memoryOf(exporter.pid, "VmRSS"))}`;
    return { what: "idle", value, against: "≤ 80 MiB" };
  } finally {
    await exporter.terminate(2000);
  }
}

async function benchFleet({ url, accounts }: Funded, wallets: number, endpoints: number): Promise<Row> {
  const each = wallets / endpoints;
  const networks = Array.from({ length: endpoints }, (_, index) => [
    // The node takes no other path.
    `${url}?endpoint=${index}`,
    accounts.slice(index * each, (index + 1) * each).map((address, place) => ({
      address,
      label: `wallet-${index}-${place}`,
      min_balance_eth: 1.5,
    })),
  ]);
  const file = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(file, JSON.stringify(Object.fromEntries(networks)));
  const interval = wallets > 10_000 ? 5 : 2;
  const exporter = startExporter({ WALLET_CONFIG_FILE: file, CHECK_INTERVAL: `${interval}` });
  const page = `http://127.0.0.1:${exporter.port}/metrics`;
  try {
    await firstPoll(exporter);
    const read = (await samples(page, "wallet_balance_check_success")).filter((value) => value === 1).length;
    if (read !== wallets) throw new Error(`${read} of ${wallets} wallets were read`);
    const before = await totals(page);
    const durations: number[] = [];
    const memory: number[] = [];
    for (let poll = 0; poll < POLLS; poll++) {
      await sleep(1000 * interval);
      await (await fetch(page)).arrayBuffer();
      durations.push(...await samples(page, "wallet_balance_exporter_check_duration_seconds"));
      memory.push(await memoryOf(exporter.pid, "VmRSS"));
    }
    const after = await totals(page);
    const spent = (key: keyof Totals): number => (after[key] - before[key]) / POLLS;
    const most = endpoints === 1 ? MAX_MEMORY[wallets] : undefined;
    return {
      what: `${wallets} wallets × ${endpoints} endpoints`,
      value: mebibytes(quantile(memory, 0.5)),
      against: [
        most === undefined ? "" : `≤ ${most} MiB · `,
        `peak ${mebibytes(await memoryOf(exporter.pid, "VmHWM"))} · poll p50 ${ms(1000 * quantile(durations, 0.5))}`,
        `, p99 ${ms(1000 * quantile(durations, 0.99))} · ${ms(1000 * spent("cpu"))} CPU, ${
          spent("requests").toFixed(1)
        }`,
        ` requests, ${(spent("bytes") / 1024).toFixed(0)} KiB per poll`,
      ].join(""),
    };
  } finally {
    await exporter.terminate(5000);
    await Deno.remove(file);
  }
}

interface Totals {
  readonly cpu: number;
  readonly requests: number;
  readonly bytes: number;
}

async function totals(page: string): Promise<Totals> {
  const sum = async (name: string): Promise<number> =>
    (await samples(page, name)).reduce((one, other) => one + other, 0);
  return {
    cpu: await sum("process_cpu_seconds_total"),
    requests: await sum("wallet_balance_exporter_rpc_requests_total"),
    bytes: await sum("wallet_balance_exporter_rpc_sent_bytes_total") +
      await sum("wallet_balance_exporter_rpc_received_bytes_total"),
  };
}

async function samples(page: string, name: string): Promise<readonly number[]> {
  const text = await (await fetch(`${page}?name[]=${name}`)).text();
  return [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, "gm"))].map(([, value]) => Number(value));
}

/** In bytes; `VmRSS` now, or `VmHWM` at most since the start. */
async function memoryOf(pid: number, field: "VmRSS" | "VmHWM"): Promise<number> {
  // What is below /proc is open to other programs only.
  const { stdout } = await new Deno.Command("cat", { args: [`/proc/${pid}/status`] }).output();
  const status = new TextDecoder().decode(stdout);
  return 1024 * Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]);
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
