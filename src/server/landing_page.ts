import { formatCount } from "../util/text.ts";
import type { StateStore } from "../poller/state.ts";
import { VERSION } from "../version.ts";

/** Renders the page on `/`, with links to the other pages. */
export function landingPage({ networks }: StateStore, telemetryPath: string): string {
  const wallets = networks.reduce((sum, { plan }) => sum + plan.wallets.length, 0);
  const path = escapeHtml(telemetryPath);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Wallet Balance Exporter</title>
<style>
body { font: 1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem; line-height: 1.2 }
small { opacity: .75 }
</style>
<h1>Wallet Balance Exporter</h1>
<p>Exports the balances of ${formatCount(wallets, "wallet")} on ${
    formatCount(networks.length, "network")
  } to Prometheus.</p>
<ul>
<li><a href="${path}">Metrics</a></li>
<li><a href="/-/healthy">Health</a>: whether the exporter polls and listens</li>
<li><a href="/-/ready">Readiness</a>: whether the first poll has finished</li>
</ul>
<p><small>Version ${escapeHtml(VERSION)}</small></p>
</html>
`;
}

/** The headers of HTML pages: no scripts, no external resources, no frames. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
