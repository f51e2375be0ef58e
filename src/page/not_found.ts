import type { Status } from "../status/status.ts";
import { html } from "./html.ts";
import { documentOf } from "./layout.ts";
import type { Links } from "./links.ts";
import { footerOf } from "./parts.ts";

/** A page for a path that has none, with the way back. */
export function notFoundPage(status: Status, links: Links): string {
  const body = html`
    <main>
      <h1 class="unknown">There is no such wallet</h1>
      <p>It may have been removed from the configuration. <a href="${links.home}">All wallets</a></p>
    </main>
  `;
  return documentOf({ title: "Not found", body, isWall: false, footer: footerOf(status, links) }).text;
}
