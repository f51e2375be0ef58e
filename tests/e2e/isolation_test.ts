import assert from "node:assert/strict";
import { startAnvil } from "../../dev/anvil.ts";
import { startExporter } from "../program/exporter.ts";
import { PATIENCE } from "../program/until.ts";
import { pageWhere } from "../program/wait_for_poll.ts";
import { parseExposition } from "../fakes/exposition_parser.ts";

const HANGING = 9;
const WALLET = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";

/** The value of the one series of a network. */
function valueOf(text: string, name: string, network: string): number | undefined {
  const series = parseExposition(text).flatMap((family) => family.series);
  return series.find((each) => each.name === name && each.labels.network === network)?.value;
}

Deno.test("nine hanging endpoints delay neither polls of the tenth network nor a scrape", async () => {
  await using node = await startAnvil({});
  await node.setBalance(WALLET, 7n * 10n ** 18n);
  const silent = Array.from({ length: HANGING }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const held: Deno.Conn[] = [];
  const holding = silent.map(async (listener) => {
    for await (const connection of listener) held.push(connection);
  });
  const wallets = [{ address: WALLET, label: "w" }];
  const hanging = silent.map(({ addr: { port } }, index) => ({
    name: `hanging${index}`,
    endpoints: [`http://127.0.0.1:${port}`],
    interval: "1h",
    wallets,
  }));
  const good = { name: "good", endpoints: [`http://127.0.0.1:${node.port}`], interval: "1s", wallets };
  const config = JSON.stringify({ version: 2, networks: [...hanging, good] });
  // So long that they hang in their first request to the end of the test, on any machine.
  const exporter = startExporter({ WALLET_CONFIG: config }, ["--rpc.timeout=10m"]);
  const seen = new Set<number>();
  try {
    const text = await pageWhere(exporter, (text) => {
      const read = valueOf(text, "wallet_balance_check_timestamp", "good");
      if (read !== undefined && read > 0) seen.add(read);
      return seen.size >= 3 && held.length >= HANGING;
    });
    assert.equal(valueOf(text, "wallet_balance_eth", "good"), 7);
    assert.equal(valueOf(text, "wallet_balance_check_success", "good"), 1);
    for (const { name } of hanging) {
      assert.equal(valueOf(text, "wallet_balance_eth", name), undefined, "a hanging node gives no balance");
      assert.equal(valueOf(text, "wallet_balance_exporter_rpc_requests_total", name), 0, "its request has ended");
    }
  } finally {
    await exporter.terminate(PATIENCE);
    for (const closable of [...held, ...silent]) closable.close();
    await Promise.all(holding);
  }
});
