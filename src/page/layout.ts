import { createHash } from "node:crypto";
import { VERSION } from "../version.ts";
import { type Content, Html, html } from "./html.ts";
import { STYLE } from "./style.ts";

/** A whole page. */
export interface Document {
  readonly title: string;
  readonly body: Html;
  readonly isWall: boolean;
  readonly footer: Content;
}

/** An inline icon, so that browsers do not ask for another. */
const ICON = "data:image/svg+xml," + encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect x="1" y="3" width="14" height="11" rx="2" fill="#2563eb"/><circle cx="11.5" cy="8.5" r="1.5" fill="#fff"/></svg>',
);

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

/** No scripts, nothing from elsewhere, no frames. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; form-action 'self'; ` +
    "base-uri 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

/** Makes a page of its body. */
export function documentOf({ title, body, isWall, footer }: Document): Html {
  return html`
    <!doctype html>
    <html lang="en" class="${isWall && "wall"}">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>${title}</title>
        <link rel="icon" href="${ICON}">
        ${new Html(`<style>${STYLE}</style>`)}
      </head>
      <body>
        ${body}
        <footer>
          <p>wallet-balance-exporter ${VERSION}</p>
          ${footer}
        </footer>
      </body>
    </html>
  `;
}
