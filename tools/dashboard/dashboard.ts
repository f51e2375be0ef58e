import { ANNOTATIONS } from "./annotations.ts";
import { EXPORTER_ROW } from "./exporter_row.ts";
import { HEADER_ROW } from "./header_row.ts";
import { layOut } from "./layout.ts";
import { NETWORK_ROW } from "./network_row.ts";
import type { JsonObject } from "./panels.ts";
import { TRANSACTIONS_ROW } from "./transactions_row.ts";
import { VARIABLES } from "./variables.ts";
import { TOKEN_ROW, WALLET_ROW } from "./wallet_rows.ts";

const DOCS = "https://github.com/agglayer/wallet-balance-exporter/blob/main/docs";

/** Fixed, since alerts and other pages link to it. */
export const DASHBOARD_UID = "wallet-balance-exporter";

/** Builds the dashboard for Grafana 10.4 and newer. */
export function buildDashboard(): JsonObject {
  return {
    annotations: { list: ANNOTATIONS },
    description: "Balances of EVM wallets, their runway, and the health of the exporter and its RPC endpoints.",
    editable: false,
    fiscalYearStartMonth: 0,
    // Shared crosshair.
    graphTooltip: 1,
    id: null,
    links: [
      link("About this dashboard", "dashboard.md"),
      link("Metrics", "metrics.md"),
      link("Runbooks", "runbooks/README.md"),
    ],
    liveNow: false,
    panels: layOut([HEADER_ROW, WALLET_ROW, NETWORK_ROW, EXPORTER_ROW, TOKEN_ROW, TRANSACTIONS_ROW]),
    refresh: "1m",
    schemaVersion: 39,
    tags: ["wallet-balance-exporter", "ethereum"],
    templating: { list: VARIABLES },
    time: { from: "now-24h", to: "now" },
    timepicker: {},
    timezone: "browser",
    title: "Wallet balances",
    uid: DASHBOARD_UID,
    version: 1,
    weekStart: "",
  };
}

function link(title: string, page: string): JsonObject {
  return {
    asDropdown: false,
    icon: "doc",
    includeVars: false,
    keepTime: false,
    tags: [],
    targetBlank: true,
    title,
    tooltip: "",
    type: "link",
    url: `${DOCS}/${page}`,
  };
}
