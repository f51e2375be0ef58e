import { assertAnswers, RELEASE, scraped, type Series, walletOf } from "./promtool_values.ts";

const [BATCHER, IDLE] = [walletOf("batcher"), walletOf("idle")];

/** Metrics of exporter 1.x: two replicas, one of which cannot read a wallet, and an unreachable network. */
const CHECKED: readonly Series[] = [
  scraped("wallet_balance_check_success", BATCHER, "a", "1x60"),
  scraped("wallet_balance_check_success", BATCHER, "b", "0x60"),
  scraped("wallet_balance_below_minimum", { ...BATCHER, min_balance_eth: "1" }, "a", "0x60"),
  scraped("wallet_balance_below_minimum", { ...BATCHER, min_balance_eth: "9" }, "b", "1x60"),
  scraped("wallet_balance_check_success", IDLE, "a", "0x60"),
  scraped("wallet_balance_below_minimum", { ...IDLE, min_balance_eth: "1" }, "a", "0x60"),
  scraped("wallet_balance_check_success", walletOf("lost", "gone"), "a", "0x60"),
  scraped("wallet_balance_check_timestamp", BATCHER, "a", "900x60"),
  scraped("wallet_balance_check_timestamp", BATCHER, "b", "100x60"),
  scraped("wallet_balance_check_timestamp", IDLE, "a", "300x60"),
  scraped("wallet_balance_exporter_info", { ...RELEASE, version: "1.0.0" }, "a", "1x60"),
  scraped("wallet_balance_exporter_info", { ...RELEASE, version: "1.0.0" }, "b", "1x60"),
];

Deno.test("overview and wallet states use the better replica", () =>
  assertAnswers(CHECKED, [
    { query: "Monitored wallets/A", at: "20m", answer: [[{}, 3]] },
    { query: "Wallets/A", at: "20m", answer: [[BATCHER, 1], [IDLE, 2], [walletOf("lost", "gone"), 2]] },
    { query: "Below minimum/A", at: "20m", answer: [[{}, 1]] },
    { query: "Failed reads/A", at: "20m", answer: [[{}, 2]] },
    { query: "Unreachable networks/A", at: "20m", answer: [[{}, 1]] },
    // The selected wallets do not make a network unreachable.
    { query: "Unreachable networks/A", at: "20m", values: { label: "idle" }, answer: [[{}, 1]] },
    { query: "Oldest balance/A", at: "20m", answer: [[{}, 900]] },
    { query: "Version/A", at: "20m", answer: [[{ version: "1.0.0" }, 1]] },
    { query: "Balance age/A", at: "20m", answer: [[{ ...RELEASE, network: "mainnet" }, 900]] },
    {
      query: "Read success rate/A",
      at: "20m",
      answer: [[{ ...RELEASE, network: "mainnet" }, 0.5], [{ ...RELEASE, network: "gone" }, 0]],
    },
    { query: "Wallets/H", at: "20m", answer: [[BATCHER, 900_000], [IDLE, 300_000]] },
    { query: "Below minimum/A", at: "20m", values: { release: "another" }, answer: [] },
  ]));

Deno.test("the wallet table works with the metrics of exporter 1.x, with fewer columns", () => {
  const columns = ["C", "D", "F", "I"].map((letter) => ({ query: `Wallets/${letter}`, at: "20m", answer: [] }));
  return assertAnswers([
    ...CHECKED,
    scraped("wallet_balance_eth", BATCHER, "a", "5x60"),
    scraped("wallet_balance_exporter_up", RELEASE, "a", "1x60"),
    scraped("wallet_balance_exporter_last_check_timestamp", RELEASE, "a", "900x60"),
  ], [
    ...columns,
    { query: "Wallets/B", at: "20m", answer: [[BATCHER, 5]] },
    { query: "Wallets/E", at: "20m", answer: [[BATCHER, 0]] },
    { query: "Wallets/G", at: "20m", answer: [[BATCHER, 315_360_000]] },
    { query: "Time since the last poll/A", at: "20m", answer: [[RELEASE, 300]] },
    { query: "Processes/A", at: "20m", answer: [[RELEASE, 1]] },
  ]);
});
