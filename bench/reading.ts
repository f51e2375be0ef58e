import { startAnvil } from "../dev/anvil.ts";
import { accountsOf } from "../tests/fakes/open_pool.ts";
import { installMulticall } from "../tests/rig/install_multicall.ts";
import { startProxy } from "./proxy.ts";
import type { Measured } from "./read_way.ts";
import { ms, quantile, type Row } from "./table.ts";

/** A node with funded wallets, and a file that lists them. */
export interface Funded extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly file: string;
  readonly accounts: readonly string[];
  /** All balances together. */
  readonly sum: bigint;
}

/**
 * Starts a node whose wallets all have a balance.
 *
 * @param wallets how many
 */
export async function startFunded(wallets: number): Promise<Funded> {
  const anvil = await startAnvil();
  const accounts = accountsOf(wallets);
  const balances = accounts.map((_, index) => BigInt(index + 1) * 1_000_000_007n ** 2n);
  for (let start = 0; start < wallets; start += 500) {
    const calls = accounts.slice(start, start + 500).map((address, index) => ({
      jsonrpc: "2.0",
      id: index,
      method: "anvil_setBalance",
      params: [address, `0x${balances[start + index]?.toString(16)}`],
    }));
    await (await fetch(anvil.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(calls),
    })).text();
  }
  await installMulticall({ anvil });
  await anvil.rpc("evm_mine");
  const file = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(file, JSON.stringify(accounts));
  return {
    url: anvil.url,
    port: anvil.port,
    file,
    accounts,
    sum: balances.reduce((sum, wei) => sum + wei, 0n),
    async [Symbol.asyncDispose](): Promise<void> {
      await anvil.stop();
      await Deno.remove(file);
    },
  };
}

/** The ways that are compared, with the rounds each is worth. */
const WAYS: readonly (readonly [way: string, rounds: number])[] = [
  ["Python, one call each", 1],
  ["viem one by one", 1],
  ["viem batch", 7],
  ["viem multicall", 5],
  ["batch", 15],
  ["multicall", 9],
  ["packed", 31],
];

const WALLETS = 10_000;

/** Reads the same 10,000 wallets of the same node in every way, each in a process of its own, one after the other. */
export async function benchReading(): Promise<readonly Row[]> {
  await using node = await startFunded(WALLETS);
  const rows: Row[] = [];
  const walls = new Map<string, number>();
  for (const [way, rounds] of WAYS) {
    const measured = await runWay(way, node.url, node.file, rounds);
    if (measured === undefined) {
      rows.push({ what: way, value: "left out", against: "there is no python3" });
      continue;
    }
    const wall = quantile(measured.walls, 0.5);
    walls.set(way, wall);
    const { requests, bytes } = await countWay(way, node);
    const name = way.startsWith("viem") || way.startsWith("Python") ? way : `ours, ${way}`;
    const right = measured.sum === String(node.sum) ? "" : "WRONG ";
    const cpu = 1000 * measured.cpu / WALLETS;
    rows.push({
      what: name,
      value: `${right}${ms(wall)}`,
      against: `${cpu.toFixed(2)} ms CPU a 1,000 · ${requests} requests · ${
        (bytes / WALLETS).toFixed(0)
      } bytes a balance · heap ${measured.heap.toFixed(0)} MiB`,
    });
  }
  const ratio = (way: string, base: string): string =>
    `${((walls.get(base) ?? NaN) / (walls.get(way) ?? NaN)).toFixed(1)} ×`;
  rows.push({ what: "packed, of viem batch 100", value: ratio("packed", "viem batch"), against: "≥ 12 ×" });
  rows.push({ what: "packed, of Python", value: ratio("packed", "Python, one call each"), against: "≥ 500 ×" });
  rows.push({ what: "batch, of viem batch 100", value: ratio("batch", "viem batch"), against: "" });
  return rows;
}

async function runWay(way: string, url: string, file: string, rounds: number): Promise<Measured | undefined> {
  const isPython = way.startsWith("Python");
  const command = isPython
    ? ["python3", new URL("read_balances.py", import.meta.url).pathname, url, file, String(rounds)]
    : [Deno.execPath(), "run", "-A", new URL("read_way.ts", import.meta.url).pathname, way, url, file, String(rounds)];
  const [program = "", ...args] = command;
  try {
    const { code, stdout, stderr } = await new Deno.Command(program, { args, stdout: "piped", stderr: "piped" })
      .output();
    if (code !== 0) throw new Error(`"${way}" failed: ${new TextDecoder().decode(stderr)}`);
    return JSON.parse(new TextDecoder().decode(stdout));
  } catch (error) {
    if (isPython && error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Counts a round of its own, so that counting costs the measured ones nothing. */
async function countWay(
  way: string,
  { port, file }: Funded,
): Promise<{ readonly requests: number; readonly bytes: number }> {
  await using proxy = startProxy(port);
  await runWay(way, proxy.url, file, 1);
  return { ...proxy.traffic };
}
