import { ENDPOINT_STATES, type EndpointState } from "../../src/evm/pool/endpoint_state.ts";
import { ageOf, COINS } from "./holding.ts";
import { BARS, graph, type Head, timeline } from "./kinds.ts";
import type { Panel, Row } from "./panel.ts";
import { RPC_PANELS, STEP } from "./rpc_panels.ts";
import { ENDPOINT, maxOf, NETWORK, select } from "./scope.ts";

const PREFIX = "wallet_balance_exporter";

const COLORS: Readonly<Record<EndpointState, string>> = {
  ok: "green",
  throttled: "yellow",
  lagging: "yellow",
  halted: "orange",
  wrong_chain: "purple",
  unauthorized: "purple",
  exhausted: "orange",
  unreachable: "red",
  unsupported: "purple",
};

/** The networks and their nodes. */
export const NETWORK_ROW: Row = {
  title: "Networks",
  collapsed: false,
  panels: [
    graph(
      {
        title: "Checks that succeed",
        description: "The share of a network's wallets whose last check succeeded.",
        unit: "percentunit",
        width: 12,
      },
      [{ expr: `avg by (${NETWORK.labels}) (${maxOf(COINS.scope, COINS.success)})`, legend: "{{network}}" }],
      { defaults: { min: 0, max: 1 } },
    ),
    graph(
      {
        title: "Age of balances",
        description: "How long ago the balance of a network that is oldest was read.",
        unit: "s",
        width: 12,
      },
      [{ expr: `max by (${NETWORK.labels}) (${ageOf(COINS)})`, legend: "{{network}}" }],
      { defaults: { min: 0 } },
    ),
    ...RPC_PANELS,
    endpointStates({
      title: "Endpoints",
      description: "The state of each endpoint; with replicas that differ, a state that is not ok.",
      unit: "none",
      width: 12,
    }),
    graph(
      {
        title: "Age of blocks",
        description: "How old the block is that the shown balances belong to. It grows when a chain stands still, or " +
          "when its nodes fall behind.",
        unit: "s",
        width: 12,
      },
      [{
        expr: `time() - ${maxOf(NETWORK, `${PREFIX}_network_block_timestamp_seconds`)}`,
        legend: "{{network}}",
      }],
      { defaults: { min: 0 } },
    ),
    graph(
      {
        title: "Checks left out, answers that disagree",
        description: "Checks that were skipped, for the one before still ran or the machine slept, and balances on " +
          "which the endpoints of a network did not agree.",
        unit: "none",
        width: 24,
      },
      [
        { expr: countOf("checks_skipped_total"), legend: "{{network}}: left out" },
        { expr: countOf("quorum_disagreements_total"), legend: "{{network}}: disagree" },
      ],
      { height: 6, interval: STEP, defaults: { min: 0 }, custom: BARS },
    ),
  ],
};

function countOf(name: string): string {
  const counter = select(NETWORK, `${PREFIX}_${name}`, { range: "$__rate_interval" });
  return `sum by (${NETWORK.labels}) (increase(${counter})) > 0`;
}

/** Each state is turned into its number, so that an endpoint is one line; `ok` comes last, so it must be so everywhere. */
function endpointStates(head: Head): Panel {
  const expr = ENDPOINT_STATES.map((state, number) => {
    const matchers = `state="${state}"`;
    return `${number} * (${maxOf(ENDPOINT, `${PREFIX}_endpoint_state`, { matchers })} == 1)`;
  }).toReversed().join(" or ");
  const states = ENDPOINT_STATES.map((state) => [state.replaceAll("_", " "), COLORS[state]] as const);
  return timeline(head, [{ expr, legend: "{{network}}: {{endpoint}}" }], states);
}
