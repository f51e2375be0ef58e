import { assertAnswers, type Labels, RELEASE, scraped, walletOf } from "./promtool_values.ts";

const PREFIX = "wallet_balance_exporter";
const NETWORK: Labels = { ...RELEASE, network: "mainnet" };
const ENDPOINT: Labels = { ...NETWORK, endpoint: "one" };
const WALLET = walletOf("batcher");

Deno.test("a wallet has one symbol, even if replicas report different ones", () => {
  const info = `${PREFIX}_network_info`;
  return assertAnswers([
    scraped("wallet_balance_check_success", WALLET, "a", "1x60"),
    scraped("wallet_balance_check_success", WALLET, "b", "1x60"),
    scraped("wallet_balance_check_success", walletOf("other", "polygon"), "b", "1x60"),
    scraped(info, { ...NETWORK, symbol: "ETH", chain: "Ethereum", chain_id: "1" }, "a", "1x60"),
    scraped(info, { ...NETWORK, symbol: "ETH", chain: "", chain_id: "" }, "b", "1x20"),
    scraped(info, { ...NETWORK, symbol: "XYZ", chain: "", chain_id: "" }, "b", "_x30 1x30"),
    scraped(info, { ...RELEASE, network: "polygon", symbol: "POL", chain: "Polygon", chain_id: "137" }, "b", "1x60"),
  ], [
    {
      query: "Wallets/I",
      at: "10m",
      answer: [[{ ...WALLET, symbol: "ETH" }, 1], [{ ...walletOf("other", "polygon"), symbol: "POL" }, 1]],
    },
    { query: "Wallets/I", at: "40m", through: "count", answer: [[{}, 2]] },
  ]);
});

Deno.test("an endpoint is ok if it is ok for every replica", () => {
  const state = (name: string, pod: string, values: string) =>
    scraped(`${PREFIX}_endpoint_state`, { ...ENDPOINT, state: name }, pod, values);
  return assertAnswers([
    state("ok", "a", "1x60"),
    state("throttled", "a", "0x60"),
    state("ok", "b", "1x20 0x40"),
    state("throttled", "b", "0x20 1x40"),
  ], [
    { query: "Endpoint state/A", at: "10m", answer: [[ENDPOINT, 0]] },
    { query: "Endpoint state/A", at: "30m", answer: [[ENDPOINT, 1]] },
  ]);
});

Deno.test("RPC panels sum up all replicas", () => {
  const counted = (metric: string, labels: Labels, pod: string, values: string) =>
    scraped(`${PREFIX}_rpc_${metric}`, labels, pod, values);
  return assertAnswers([
    counted("requests_total", ENDPOINT, "a", "0+60x60"),
    counted("requests_total", ENDPOINT, "b", "5000+60x60"),
    counted("requests_total", { ...NETWORK, endpoint: "two" }, "b", "0+60x60"),
    counted("errors_total", { ...ENDPOINT, reason: "timeout" }, "a", "0+18x60"),
    counted("errors_total", { ...ENDPOINT, reason: "http" }, "a", "0x60"),
    counted("calls_total", { ...ENDPOINT, method: "eth_getBalance" }, "a", "0+60x60"),
    counted("duration_seconds_bucket", { ...ENDPOINT, le: "1" }, "a", "0+6x60"),
    counted("duration_seconds_bucket", { ...ENDPOINT, le: "2" }, "a", "0+12x60"),
    counted("duration_seconds_bucket", { ...ENDPOINT, le: "+Inf" }, "a", "0+12x60"),
  ], [
    { query: "RPC requests/A", at: "30m", answer: [[ENDPOINT, 2], [{ ...NETWORK, endpoint: "two" }, 1]] },
    { query: "RPC errors by reason/A", at: "30m", answer: [[{ ...NETWORK, reason: "timeout" }, 0.3]] },
    { query: "RPC error ratio/A", at: "30m", answer: [[NETWORK, 0.1]] },
    { query: "RPC calls per day/A", at: "30m", answer: [[{ ...ENDPOINT, method: "eth_getBalance" }, 86_400]] },
    { query: "RPC latency/A", at: "30m", answer: [[NETWORK, 1]] },
    { query: "RPC latency/B", at: "30m", answer: [[NETWORK, 1.9]] },
    {
      query: "RPC latency heatmap/A",
      at: "30m",
      answer: [[{ le: "1" }, 90], [{ le: "2" }, 180], [{ le: "+Inf" }, 180]],
    },
  ]);
});
