import { chainFacts } from "../../evm/chains/chain_facts.ts";
import { ENDPOINT_STATES, type EndpointStatus, STRATEGIES } from "../../model/source.ts";
import { type Family, type MetricType, type Sample, sampleOf } from "../model/family.ts";
import type { Label } from "../model/series.ts";
import type { NetworkSnapshot, Snapshot } from "../model/snapshot.ts";

const PREFIX = "wallet_balance_exporter";

/** The families of networks and their endpoints, but for those that requests are counted in. */
export const NETWORK_FAMILIES: readonly Family[] = [
  {
    ...ofNetworks(
      "wallets",
      "Polled wallets: distinct addresses with their labels.",
      ({ plan }) => plan.wallets.length,
    ),
    samples({ networks }) {
      // Without a network there is no label for a 0.
      if (networks.length === 0) return [{ labels: [], value: 0 }];
      return networks.map(({ plan }) => ({ labels: [["network", plan.id]], value: plan.wallets.length }));
    },
  },
  {
    name: `${PREFIX}_network_info`,
    type: "gauge",
    help: "The network's chain; always 1.",
    labels: ["network", "chain_id", "chain", "symbol"],
    samples: ({ networks }) => networks.flatMap(infoOf),
  },
  ofNetworks(
    "network_block_number",
    "Block of the newest balances; absent while it is unknown.",
    ({ block }) => block && Number(block.number),
  ),
  ofNetworks(
    "network_block_timestamp_seconds",
    "Time of that block, in seconds since the Unix epoch.",
    ({ block }) => block?.time,
  ),
  ofEndpoints(
    "endpoint_state",
    "1 for the current state of the endpoint, 0 for the others; all 0 before the first poll.",
    "state",
    (report) => ENDPOINT_STATES.map((state) => [state, report?.state === state ? 1 : 0]),
  ),
  ofEndpoints(
    "endpoint_strategy",
    "1 for the strategy that balances are read with, 0 for the others; all 0 before the first poll.",
    "strategy",
    (report) => STRATEGIES.map((strategy) => [strategy, report?.strategy === strategy ? 1 : 0]),
  ),
  ofEndpoints(
    "endpoint_batch_size",
    "Learned maximum number of balances per request; with the strategy batch, of calls.",
    undefined,
    (report) => report?.strategy === undefined ? [] : [["", report.size]],
  ),
  ofNetworks("check_duration_seconds", "Duration of the network's last poll.", ({ seconds }) => seconds),
  ofNetworks(
    "network_check_interval_seconds",
    "Configured time between polls of the network.",
    ({ plan: { interval } }, { exporter }) => interval === undefined ? exporter.interval : interval / 1000,
  ),
  ofNetworks(
    "checks_skipped_total",
    "Polls that were skipped because the previous one was still running or the machine was suspended.",
    ({ skipped }) => skipped,
    "counter",
  ),
  ofNetworks(
    "quorum_disagreements_total",
    "Balances that endpoints reported differently for one block; withheld unless enough of them agreed.",
    ({ disagreements }) => disagreements,
    "counter",
  ),
];

/** A family of one number per network. */
function ofNetworks(
  name: string,
  help: string,
  read: (network: NetworkSnapshot, snapshot: Snapshot) => number | undefined,
  type: MetricType = "gauge",
): Family {
  return {
    name: `${PREFIX}_${name}`,
    type,
    help,
    labels: ["network"],
    samples: (snapshot) =>
      snapshot.networks.flatMap((network) => sampleOf([["network", network.plan.id]], read(network, snapshot))),
  };
}

/** A family of some numbers per endpoint, with a label if they are several. */
function ofEndpoints(
  name: string,
  help: string,
  label: string | undefined,
  read: (report: EndpointStatus | undefined) => readonly (readonly [text: string, value: number])[],
): Family {
  return {
    name: `${PREFIX}_${name}`,
    type: "gauge",
    help,
    labels: ["network", "endpoint", ...label === undefined ? [] : [label]],
    samples: ({ networks }) =>
      networks.flatMap(({ plan, endpoints }) =>
        plan.endpoints.flatMap((endpoint, index) => {
          const own: readonly Label[] = [["network", plan.id], ["endpoint", endpoint.name]];
          return read(endpoints[index]).map(([text, value]): Sample => ({
            labels: label === undefined ? own : [...own, [label, text]],
            value,
          }));
        })
      ),
  };
}

/** A chain that was read and that no endpoint reports is `unknown`. */
function infoOf({ plan, wasRead, chainId }: NetworkSnapshot): readonly Sample[] {
  if (!wasRead) return [];
  const { name, symbol: known } = (chainId === undefined ? undefined : chainFacts(chainId)) ??
    { name: "unknown", symbol: "" };
  const { id, symbol = known } = plan;
  const labels: readonly Label[] = [
    ["network", id],
    ["chain_id", String(chainId ?? "unknown")],
    ["chain", name],
    ["symbol", symbol],
  ];
  return [{ labels, value: 1 }];
}
