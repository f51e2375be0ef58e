import assert from "node:assert/strict";
import { startAnvil } from "../../dev/anvil.ts";
import { startExporter } from "../program/exporter.ts";
import { cycleAfter, firstCycle } from "../program/wait_for_cycle.ts";
import { parseExposition } from "../fakes/exposition_parser.ts";

const HANGING = 9;
const WALLET = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";

/** The value of the one series of a network. */
function valueOf(text: string, name: string, network: string): number | undefined {
  const series = parseExposition(text).flatMap((family) => family.series);
  return series.find((each) => each.name === name && each.labels.network === network)?.value;
}

Deno.test("nine hanging endpoints delay neither the tenth network's cycles nor a scrape", async () => {
  await using node = await startAnvil({});
  await node.setBalance(WALLET, 7n * 10n ** 18n);
  const silent = Array.from({ length: HANGING }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const held: Deno.Conn[] = [];
  const holding = silent.map(async (listener) => {
    for await (const connection of listener) held.push(connection);
  });
  const wallets = [{ address: WALLET, label: "w", min_balance_eth: 1 }];
  const urls = silent.map(({ addr }) => `http://127.0.0.1:${addr.transport === "tcp" ? addr.port : 0}`);
  const good = `http://localhost:${node.port}`;
  const config = Object.fromEntries([...urls, good].map((url) => [url, wallets]));
  const exporter = startExporter({ WALLET_CONFIG: JSON.stringify(config), CHECK_INTERVAL: "1" });
  try {
    const network = `localhost_${node.port}`;
    // A hanging network's cycle ends at nine tenths of the interval; the page of that moment has all ten.
    const first = await firstCycle(exporter);
    assert.equal(valueOf(first.text, "wallet_balance_eth", network), 7);
    assert.equal(valueOf(first.text, "wallet_balance_check_success", network), 1);
    const started = Date.now() / 1000;
    const later = await cycleAfter(exporter, started + 2);
    const requests = valueOf(later.text, "wallet_balance_exporter_rpc_requests_total", network) ?? 0;
    const read = valueOf(later.text, "wallet_balance_check_timestamp", network) ?? 0;
    const skipped = valueOf(later.text, "wallet_balance_exporter_checks_skipped_total", network);
    assert.ok(requests >= 3, `the good network was asked ${requests} times in at least three cycles`);
    assert.ok(read > started + 1, "the good network's readings are old");
    assert.equal(skipped, 0);
    for (const url of urls) {
      const name = "127" + (url === urls[0] ? "" : `_${urls.indexOf(url) + 1}`);
      assert.equal(valueOf(later.text, "wallet_balance_eth", name), undefined, "a hanging node gives no balance");
    }
    assert.match(later.text, /rpc_errors_total\{[^}]*network="127",reason="timeout"[^}]*\} [1-9]/);
  } finally {
    await exporter.terminate(2000);
    for (const closable of [...held, ...silent]) closable.close();
    await Promise.all(holding);
  }
});
