import { balancesOf, cpuOf, sleep, start, startNode } from "./cost.ts";
import { ms, quantile, type Row } from "./table.ts";

const WALLETS = 10_000;
const PAGES = 10;
const SCRAPES = 200;
/** Longer than a status is used for, in milliseconds. */
const APART = 5100;

/** Measures the page for people where there are many wallets. */
export async function benchPage(): Promise<readonly Row[]> {
  await using node = startNode(WALLETS);
  await using exporter = await start(node.config, 300);
  await balancesOf(exporter, WALLETS);
  const url = (path: string): string => `http://127.0.0.1:${exporter.port}${path}`;
  const get = async (path: string): Promise<void> => {
    const response = await fetch(url(path));
    await response.body?.cancel();
  };
  await get("/");
  const costs: number[] = [];
  for (let page = 0; page < PAGES; page++) {
    await sleep(APART);
    const before = await cpuOf(exporter);
    await get(`/?page=${page + 1}`);
    costs.push(await cpuOf(exporter) - before);
  }
  const scrapes = await timesOf(() => get("/metrics"), SCRAPES);
  const pauses = await timesOf(() => get("/-/healthy"), SCRAPES);
  const stop = new AbortController();
  const reading = (async () => {
    for (let page = 1; !stop.signal.aborted; page++) {
      await get(`/?page=${page % 50 + 1}`);
      await sleep(200);
    }
  })();
  const beside = await timesOf(() => get("/metrics"), SCRAPES);
  const held = await timesOf(() => get("/-/healthy"), SCRAPES);
  stop.abort();
  await reading;
  return [
    {
      what: `CPU of a page of ${WALLETS} wallets, median of ${PAGES}`,
      value: ms(quantile(costs, 0.5)),
      against: "≤ 50 ms",
    },
    {
      what: `/-/healthy beside pages, p99 of ${SCRAPES}`,
      value: ms(quantile(held, 0.99)),
      against: `without ${ms(quantile(pauses, 0.99))}, at most 10 ms more`,
    },
    {
      what: `/metrics beside pages, p99 of ${SCRAPES}`,
      value: ms(quantile(beside, 0.99)),
      against: `without ${ms(quantile(scrapes, 0.99))}`,
    },
  ];
}

async function timesOf(request: () => Promise<void>, count: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const started = performance.now();
    await request();
    times.push(performance.now() - started);
    await sleep(20);
  }
  return times;
}
