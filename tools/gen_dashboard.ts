import { buildDashboard } from "./dashboard/dashboard.ts";

/**
 * Writes the Grafana dashboard.
 *
 * @returns the text of `deploy/grafana/dashboard.json`, and of the chart's copy
 */
export function dashboardJson(): string {
  return `${JSON.stringify(buildDashboard(), undefined, 2)}\n`;
}
