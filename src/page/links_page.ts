import { html } from "./html.ts";
import { documentOf } from "./layout.ts";
import type { Links } from "./links.ts";

/** The page on `/` where the page for people is turned off. */
export function linksPage({ metrics, status, healthy, ready }: Links): string {
  const body = html`
    <main>
      <h1>Wallet Balance Exporter</h1>
      <ul>
        <li><a href="${metrics}">Metrics</a></li>
        <li><a href="${status}">Status</a>: all balances as JSON</li>
        <li><a href="${healthy}">Health</a>: whether the exporter polls and listens</li>
        <li><a href="${ready}">Readiness</a>: whether the first poll has finished</li>
      </ul>
    </main>
  `;
  return documentOf({ title: "Wallet Balance Exporter", body, isWall: false, footer: undefined }).text;
}
