import type { Status } from "../status/status.ts";
import { html } from "./html.ts";
import { documentOf } from "./layout.ts";
import type { Links } from "./links.ts";
import { footerOf } from "./parts.ts";

/**
 * A page for a path that has none, with the way back.
 *
 * @param isWallet whether the path is of a wallet
 */
export function notFoundPage(status: Status, links: Links, isWallet: boolean): string {
  const body = html`
    <main>
      <h1 class="unknown">There is no such ${isWallet ? "wallet" : "page"}</h1>
      <p>${isWallet && "It may have been removed from the configuration. "}<a href="${links.home}">All wallets</a></p>
    </main>
  `;
  return documentOf({ title: "Not found", body, isWall: false, footer: footerOf(status, links) }).text;
}
