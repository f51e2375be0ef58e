import { startExporter } from "../tests/program/exporter.ts";
import { ms, quantile, type Row } from "./table.ts";

const SCRAPES = 500;
const ENDPOINTS = 10;

/** Scrapes while every endpoint accepts requests and never answers one. */
export async function benchScrapeWhileHanging(): Promise<readonly Row[]> {
  const listeners = Array.from({ length: ENDPOINTS }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const held: Deno.Conn[] = [];
  for (const listener of listeners) hold(listener, held);
  const networks = listeners.map(({ addr }, index) => [
    `http://127.0.0.1:${addr.transport === "tcp" ? addr.port : 0}/${index}`,
    Array.from({ length: 100 }, (_, wallet) => ({
      address: `0x${(index * 100 + wallet + 1).toString(16).padStart(40, "0")}`,
      label: `wallet-${wallet}`,
      min_balance_eth: 1,
    })),
  ]);
  const exporter = startExporter({ WALLET_CONFIG: JSON.stringify(Object.fromEntries(networks)), CHECK_INTERVAL: "1" });
  try {
    await ready(exporter.port);
    const times: number[] = [];
    for (let scrape = 0; scrape < SCRAPES; scrape++) {
      const started = performance.now();
      const response = await fetch(`http://127.0.0.1:${exporter.port}/metrics`);
      await response.text();
      times.push(performance.now() - started);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return [
      {
        what: `scrape, ${ENDPOINTS} of ${ENDPOINTS} endpoints hanging, p50`,
        value: ms(quantile(times, 0.5)),
        against: "",
      },
      { what: `the same, p99 of ${SCRAPES}`, value: ms(quantile(times, 0.99)), against: "≤ 25 ms" },
    ];
  } finally {
    await exporter.terminate(2000);
    for (const closable of [...held, ...listeners]) closable.close();
  }
}

async function hold(listener: Deno.Listener, held: Deno.Conn[]): Promise<void> {
  for await (const connection of listener) held.push(connection);
}

async function ready(port: number): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/metrics`);
      if ((await response.text()).includes("wallet_balance_exporter_up")) return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  throw new Error("The exporter did not start");
}
