import { startExporter } from "../tests/program/exporter.ts";
import { BINARY } from "../tests/program/exporter_command.ts";
import { ms, quantile, type Row } from "./table.ts";

/** Enough for a median that other work on the machine does not move. */
const STARTS = 20;

const CONFIG = JSON.stringify({
  "http://127.0.0.1:18999": [{ address: "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045", label: "w", min_balance_eth: 1 }],
});

/**
 * Measures from spawning the program to its first answered scrape. The node is
 * down: serving must not wait for it.
 */
export async function benchStart(): Promise<readonly Row[]> {
  // Once unmeasured, so that the caches are warm.
  await startOnce();
  const times: number[] = [];
  for (let start = 0; start < STARTS; start++) times.push(await startOnce());
  return [
    {
      what: `start to first /metrics, median of ${STARTS}`,
      value: ms(quantile(times, 0.5)),
      against: BINARY === undefined ? "≤ 300 ms from source" : "≤ 150 ms compiled",
    },
    ...BINARY === undefined ? [] : [{
      what: "size of the binary",
      value: `${((await Deno.stat(BINARY)).size / 2 ** 20).toFixed(1)} MiB`,
      against: "",
    }],
    { what: "start to first /metrics, slowest", value: ms(Math.max(...times)), against: "" },
  ];
}

async function startOnce(): Promise<number> {
  const started = performance.now();
  const exporter = startExporter({ WALLET_CONFIG: CONFIG });
  while (!await answers(exporter.port)) {
    if (exporter.hasEnded()) throw new Error(`The exporter ended: ${(await exporter.ended).stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const took = performance.now() - started;
  await exporter.terminate(2000);
  return took;
}

async function answers(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
