import { assertAnswers, type Labels, scraped, type Series, walletOf } from "./promtool_values.ts";

const BALANCE = "wallet_balance_eth";
const MINIMUM: Labels = { level: "minimum" };
const [BATCHER, IDLE, EMPTY] = [walletOf("batcher"), walletOf("idle"), walletOf("empty")];

/** The balance of a wallet that starts with 100 and spends 0.25 every five minutes; one value per minute. */
function spending(from: number, to: number): string {
  const values = Array.from({ length: to - from + 1 }, (_, index) => 100 - 0.25 * Math.floor((from + index) / 5));
  return values.join(" ");
}

/** One pod for three hours, then two; the second one reads a minute later. */
const ROLLOUT: readonly Series[] = [
  scraped(BALANCE, BATCHER, "old", `${spending(0, 180)} stale`),
  scraped(BALANCE, BATCHER, "new-1", `_x183 ${spending(183, 500)}`),
  scraped(BALANCE, BATCHER, "new-2", `_x184 ${spending(183, 499)}`),
  scraped(BALANCE, IDLE, "new-1", "7x500"),
  scraped(BALANCE, EMPTY, "new-1", "0x500"),
];

/** A decrease counts once both pods have seen it, so one of the 72 decreases of six hours is missing. */
const OUTFLOW = 0.25 * 71 / 72 / 300;

function thousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}

Deno.test("outflow and runway are correct across a rollout and with two replicas", () =>
  assertAnswers(ROLLOUT, [
    { query: "Wallets/E", at: "6h2m", answer: [[BATCHER, 71], [IDLE, 0], [EMPTY, 0]] },
    {
      query: "Wallets/G",
      at: "6h2m",
      answer: [[BATCHER, thousandths(82 / OUTFLOW)], [IDLE, 315_360_000], [EMPTY, 0]],
    },
    { query: "Runway/A", at: "6h2m", answer: [[BATCHER, thousandths(82 / OUTFLOW / 3600)]] },
    { query: "Runway under 3 days/A", at: "6h2m", answer: [[{}, 1]] },
    { query: "Outflow per hour/A", at: "3h", answer: [[BATCHER, 3], [IDLE, 0], [EMPTY, 0]] },
    { query: "Outflow per hour/A", at: "6h", answer: [[BATCHER, 3], [IDLE, 0], [EMPTY, 0]] },
    { query: "Wallets/E", at: "6h2m", values: { label: "idle" }, answer: [[IDLE, 0]] },
    {
      query: "Wallets/E",
      at: "6h2m",
      values: { window: "1h", network: "(mainnet|x)" },
      answer: [[BATCHER, 72], [IDLE, 0], [EMPTY, 0]],
    },
  ]));

Deno.test("a top-up does not hide outflow, and is in one bar only", () => {
  const treasury = walletOf("treasury");
  const toppedUp = spending(0, 500).split(" ").map((value, minute) => Number(value) + (minute < 122 ? 0 : 10));
  return assertAnswers([
    scraped(BALANCE, BATCHER, "a", toppedUp.join(" ")),
    scraped(BALANCE, treasury, "a", "5x119 15x300"),
  ], [
    // The five minutes of the top-up are missing.
    { query: "Outflow per hour/A", at: "3h", answer: [[BATCHER, 2.75], [treasury, 0]] },
    { query: "Top-ups/A", at: "2h", answer: [] },
    { query: "Top-ups/A", at: "3h", answer: [[BATCHER, 9.75], [treasury, 10]] },
    { query: "Top-ups/A", at: "4h", answer: [] },
    // The annotation needs more than a tenth.
    { query: "Top-ups", at: "2h2m", values: { __interval: "5m" }, answer: [[treasury, 10], [BATCHER, 9.75]] },
    { query: "Top-ups", at: "2h10m", values: { __interval: "5m" }, answer: [] },
  ]);
});

Deno.test("wallet table shows balance, minimum and their ratio", () =>
  assertAnswers([
    ...ROLLOUT,
    scraped("wallet_balance_threshold_eth", { ...BATCHER, ...MINIMUM }, "old", "80x180 stale"),
    scraped("wallet_balance_threshold_eth", { ...BATCHER, ...MINIMUM }, "new-1", "_x183 80x400"),
    scraped("wallet_balance_threshold_eth", { ...BATCHER, ...MINIMUM }, "new-2", "_x184 80x400"),
    scraped("wallet_balance_threshold_eth", { ...BATCHER, level: "target" }, "new-1", "_x183 200x400"),
    scraped("wallet_balance_threshold_eth", { ...EMPTY, ...MINIMUM }, "new-1", "1x500"),
    scraped("wallet_balance_threshold_eth", { ...IDLE, ...MINIMUM }, "new-1", "0x500"),
  ], [
    { query: "Wallets/B", at: "6h2m", answer: [[BATCHER, 82], [IDLE, 7], [EMPTY, 0]] },
    { query: "Wallets/C", at: "6h2m", answer: [[BATCHER, 80], [IDLE, 0], [EMPTY, 1]] },
    { query: "Wallets/D", at: "6h2m", answer: [[BATCHER, 1.025], [EMPTY, 0]] },
    {
      query: "Wallets/F",
      at: "6h2m",
      answer: [[BATCHER, thousandths(2 / OUTFLOW)], [IDLE, 315_360_000], [EMPTY, 0]],
    },
    { query: "Balance/A", at: "6h2m", answer: [[BATCHER, 82], [IDLE, 7], [EMPTY, 0]] },
    { query: "Balance/C", at: "6h2m", answer: [] },
    { query: "Balance/A", at: "6h2m", values: { scale: "1" }, answer: [] },
    { query: "Balance/C", at: "6h2m", values: { scale: "1" }, answer: [[BATCHER, 82], [IDLE, 7]] },
    { query: "Balance/D", at: "6h2m", values: { scale: "1" }, answer: [[BATCHER, 80], [EMPTY, 1]] },
  ]));

Deno.test("token table has the columns of the wallet table", () => {
  const token: Labels = { ...BATCHER, token: "0xT", symbol: "USDC" };
  const falling = Array.from({ length: 500 }, (_, minute) => 100 - 0.25 * Math.floor(minute / 5));
  return assertAnswers([
    scraped("wallet_token_balance", token, "a", falling.join(" ")),
    scraped("wallet_token_balance", { ...token, token: "0xU", symbol: "DAI" }, "a", "5x500"),
    scraped("wallet_token_balance_threshold", { ...token, level: "minimum" }, "a", "80x500"),
    scraped("wallet_token_balance_check_success", token, "a", "1x500"),
    scraped("wallet_token_balance_check_timestamp_seconds", token, "a", "5x500"),
  ], [
    { query: "Tokens/A", at: "6h2m", answer: [[token, 0]] },
    { query: "Tokens/D", at: "6h2m", answer: [[token, 1.025]] },
    { query: "Tokens/E", at: "6h2m", answer: [[token, 72], [{ ...token, token: "0xU", symbol: "DAI" }, 0]] },
    { query: "Tokens/F", at: "6h2m", answer: [[token, 2400]] },
    { query: "Tokens/H", at: "6h2m", answer: [[token, 5000]] },
    { query: "Token balances/B", at: "6h2m", answer: [[token, 80]] },
  ]);
});
