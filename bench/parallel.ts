import { startFakeNode } from "../tests/fakes/fake_node.ts";
import { startExporter } from "../tests/program/exporter.ts";
import { firstPoll } from "../tests/program/wait_for_poll.ts";
import { MANY, manyWallets } from "./many_wallets.ts";
import { ms, quantile, type Row } from "./table.ts";

const AT_ONCE = 100;
const ROUNDS = 5;

/** Scrapes 50,000 series a hundred times at once (row H1), and counts the requests of one poll. */
export async function benchParallelScrapes(): Promise<readonly Row[]> {
  await using node = startFakeNode({ weiAt: () => 2n * 10n ** 18n });
  const file = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(file, JSON.stringify({ [node.url]: manyWallets() }));
  const exporter = startExporter({
    WALLET_CONFIG_FILE: file,
    WEB_MAX_CONNECTIONS_PER_CLIENT: "0",
    WEB_MAX_REQUESTS: "0",
  });
  try {
    await firstPoll(exporter);
    const requests = node.seen.length;
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
        what: `requests of a poll of ${MANY} wallets, batches of 100`,
        value: `${requests}`,
        against: `1 + ${Math.ceil(MANY / 99)}`,
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
