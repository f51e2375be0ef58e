import { buildDashboard } from "./dashboard/dashboard.ts";

/** The text of `deploy/grafana/dashboard.json` and of the chart's copy. */
export function dashboardJson(): string {
  return `${JSON.stringify(buildDashboard(), undefined, 2)}\n`;
}
