import { ENDPOINT_STATES, type EndpointState } from "../../src/model/source.ts";
import { ageOf, NATIVE } from "./balance_queries.ts";
import { BARS, graph, type Panel, type PanelHead, type Row, timeline } from "./panels.ts";
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

/** Networks and their RPC endpoints. */
export const NETWORK_ROW: Row = {
  title: "Networks",
  collapsed: false,
  panels: [
    graph(
      {
        title: "Read success rate",
        description: "Share of the network's wallets whose last read succeeded.",
        unit: "percentunit",
        width: 12,
      },
      [{ expr: `avg by (${NETWORK.labels}) (${maxOf(NATIVE.scope, NATIVE.success)})`, legend: "{{network}}" }],
      { defaults: { min: 0, max: 1 } },
    ),
    graph(
      {
        title: "Balance age",
        description: "Age of the network's oldest balance.",
        unit: "s",
        width: 12,
      },
      [{ expr: `max by (${NETWORK.labels}) (${ageOf(NATIVE)})`, legend: "{{network}}" }],
      { defaults: { min: 0 } },
    ),
    ...RPC_PANELS,
    endpointStates({
      title: "Endpoint state",
      description: "State of each RPC endpoint. If replicas differ, a state other than ok is shown.",
      unit: "none",
      width: 12,
    }),
    graph(
      {
        title: "Block age",
        description:
          "Age of the block at which the balances were read. It grows if the chain is halted, or its nodes are lagging.",
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
        title: "Skipped polls and quorum disagreements",
        description:
          "Polls that were skipped because the previous one was still running or the machine was suspended, and " +
          "balances on which the network's endpoints disagreed.",
        unit: "none",
        width: 24,
      },
      [
        { expr: countOf("checks_skipped_total"), legend: "{{network}}: skipped polls" },
        { expr: countOf("quorum_disagreements_total"), legend: "{{network}}: disagreements" },
      ],
      { height: 6, interval: STEP, defaults: { min: 0 }, custom: BARS },
    ),
  ],
};

function countOf(name: string): string {
  const counter = select(NETWORK, `${PREFIX}_${name}`, { range: "$__rate_interval" });
  return `sum by (${NETWORK.labels}) (increase(${counter})) > 0`;
}

/** Maps states to numbers, one line per endpoint. `ok` is the last operand, so it applies only if all replicas are ok. */
function endpointStates(head: PanelHead): Panel {
  const expr = ENDPOINT_STATES.map((state, number) => {
    const matchers = `state="${state}"`;
    return `${number} * (${maxOf(ENDPOINT, `${PREFIX}_endpoint_state`, { matchers })} == 1)`;
  }).toReversed().join(" or ");
  const states = ENDPOINT_STATES.map((state) => [state.replaceAll("_", " "), COLORS[state]] as const);
  return timeline(head, [{ expr, legend: "{{network}}: {{endpoint}}" }], states);
}
