import { startExporter } from "../tests/program/exporter.ts";
import { firstCycle } from "../tests/program/wait_for_cycle.ts";
import { startCountingNode } from "./counting_node.ts";
import { ms, quantile, type Row } from "./table.ts";

/** With eight families a wallet these are about 50,000 series. */
const WALLETS = 6250;
const AT_ONCE = 100;
const ROUNDS = 5;

/** Scrapes 50,000 series a hundred times at once (row H1), and counts what one cycle costs. */
export async function benchParallelScrapes(): Promise<readonly Row[]> {
  await using node = startCountingNode();
  const wallets = Array.from({ length: WALLETS }, (_, index) => ({
    address: `0x${
      (BigInt(index + 1) * 0x9e3779b97f4a7c15f39cc0605cedc834n % 2n ** 160n).toString(16).padStart(40, "0")
    }`,
    label: `wallet-${index}`,
    min_balance_eth: 1.5,
  }));
  const file = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(file, JSON.stringify({ [node.url]: wallets }));
  const exporter = startExporter({ WALLET_CONFIG_FILE: file });
  try {
    await firstCycle(exporter);
    const { requests } = node;
    const url = `http://127.0.0.1:${exporter.port}/metrics`;
    await scrape(url);
    const before = await memory(url);
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      times.push(...await Promise.all(Array.from({ length: AT_ONCE }, () => scrape(url))));
      // The next round finds another end of the page, as real scrapes do.
      await new Promise((resolve) => setTimeout(resolve, 1100));
    }
    const grown = (await memory(url) - before) / 2 ** 20;
    return [
      {
        what: `requests of a cycle of ${WALLETS} wallets, batches of 100`,
        value: `${requests}`,
        against: `1 + ${Math.ceil(WALLETS / 99)}`,
      },
      { what: `${AT_ONCE} scrapes at once, p50`, value: ms(quantile(times, 0.5)), against: "" },
      {
        what: `${AT_ONCE} scrapes at once, p99 of ${times.length}`,
        value: ms(quantile(times, 0.99)),
        against: "≤ 250 ms",
      },
      { what: "resident memory they added", value: `${grown.toFixed(1)} MiB`, against: "≤ 64 MiB" },
    ];
  } finally {
    await exporter.terminate(2000);
    await Deno.remove(file);
  }
}

/** Times one compressed scrape, read to its end as it came. */
async function scrape(url: string): Promise<number> {
  const started = performance.now();
  const { hostname, port, pathname } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const head = `GET ${pathname} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(head));
  let bytes = 0;
  for await (const chunk of connection.readable) bytes += chunk.length;
  if (bytes < 500_000) throw new Error(`A scrape ended after ${bytes} bytes`);
  return performance.now() - started;
}

async function memory(url: string): Promise<number> {
  const page = await (await fetch(`${url}?name[]=process_resident_memory_bytes`)).text();
  return Number(/^process_resident_memory_bytes\{.*\} (\S+)$/m.exec(page)?.[1]);
}
