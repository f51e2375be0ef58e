import { systemClock } from "../src/util/clock.ts";
import { pollOnce } from "../tests/fakes/read_values.ts";
import { startDeadline } from "../src/http/deadline.ts";
import { type OpenPool, openPool } from "../tests/fakes/open_pool.ts";
import { startTcpServer } from "../tests/fakes/tcp_server.ts";
import { type Funded, startFunded } from "./reading.ts";
import { ms, quantile, type Row } from "./table.ts";

const TIMEOUT = 5000;

/** Reads nodes that are a round trip away, and some that never answer. */
export async function benchDistant(): Promise<readonly Row[]> {
  await using node = await startFunded(1000);
  const rows: Row[] = [];
  for (const rtt of [20, 100]) {
    const walls = await pollTimes(node, rtt, 1, 15);
    rows.push({
      what: `1,000 wallets, ${rtt} ms away, p50`,
      value: ms(quantile(walls, 0.5)),
      against: `≤ ${rtt + 8} ms`,
    });
  }
  const rtt = 50;
  const ten = await pollTimes(node, rtt, 10, 60);
  const [p50, p99] = [quantile(ten, 0.5), quantile(ten, 0.99)];
  rows.push({
    what: `10 endpoints × 1,000 wallets, ${rtt} ms away, p50`,
    value: ms(p50),
    against: `${(p50 / rtt).toFixed(2)} round trips, ≤ 1.5`,
  });
  rows.push({ what: "the same, p99 of 60", value: ms(p99), against: `≤ ${2 * rtt + 20} ms` });
  return [...rows, ...await benchHanging(node)];
}

/** Durations of polls that read all endpoints at once, in milliseconds. */
async function pollTimes(node: Funded, rtt: number, endpoints: number, rounds: number): Promise<readonly number[]> {
  const proxies = await startDistant(node.port, rtt / 2, endpoints);
  const pools = proxies.urls.map((url) => openPool([url], { accounts: node.accounts, strategy: "packed" }));
  try {
    await Promise.all(pools.map((pool) => poll(pool)));
    const walls: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const started = performance.now();
      const sums = await Promise.all(pools.map((pool) => poll(pool)));
      walls.push(performance.now() - started);
      if (sums.some((sum) => sum !== node.sum)) throw new Error("A poll read a wrong balance");
    }
    return walls;
  } finally {
    for (const pool of pools) pool[Symbol.dispose]();
    proxies.stop();
  }
}

/** Nine endpoints that never answer beside one that does. */
async function benchHanging(node: Funded): Promise<readonly Row[]> {
  await using silent = startTcpServer(async ({ wait }) => await wait());
  const open = (url: string): OpenPool =>
    openPool([url], { accounts: node.accounts, strategy: "packed", timeout: TIMEOUT });
  const time = async (others: readonly OpenPool[]): Promise<number> => {
    using tenth = open(node.url);
    await poll(tenth);
    const walls: number[] = [];
    for (let round = 0; round < 40; round++) {
      const stop = new AbortController();
      const hanging = others.map((pool) => poll(pool, stop.signal));
      const started = performance.now();
      await poll(tenth);
      walls.push(performance.now() - started);
      stop.abort();
      await Promise.all(hanging);
    }
    return quantile(walls, 0.5);
  };
  const fine = Array.from({ length: 9 }, () => open(node.url));
  const hung = Array.from({ length: 9 }, () => open(silent.url));
  const alone = await time([]);
  const among = await time(hung);
  for (const pool of [...fine, ...hung]) pool[Symbol.dispose]();
  return [{
    what: "a poll beside 9 hanging endpoints, p50",
    value: ms(among),
    against: `${ms(alone)} alone; at most 5 % or 5 ms more`,
  }];
}

async function poll({ network }: OpenPool, stop?: AbortSignal): Promise<bigint> {
  using deadline = startDeadline(systemClock, TIMEOUT, stop instanceof AbortSignal ? stop : undefined);
  const { outcomes } = await pollOnce(network, { clock: systemClock, timeout: TIMEOUT, deadline });
  return outcomes.reduce((sum, outcome) => typeof outcome === "object" ? sum + outcome.amount : sum, 0n);
}

/** Delaying proxies in a process of their own, so that they take no time of the measured one. */
async function startDistant(
  port: number,
  delay: number,
  count: number,
): Promise<{ urls: readonly string[]; stop(): void }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("proxy.ts", import.meta.url).pathname, String(port), String(delay), String(count)],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  reader.releaseLock();
  return {
    urls: JSON.parse(new TextDecoder().decode(value)),
    stop(): void {
      child.kill();
      child.stdout.cancel();
    },
  };
}
