import type { STATES } from "./query.ts";
import type { Status } from "../status/status.ts";
import { duration } from "../status/format.ts";
import { CONDITION_NAMES, FINE } from "../status/holding_status.ts";
import { type Content, type Html, html } from "./html.ts";
import type { Links } from "./links.ts";

/** Digits of an address that are shown at its start, with `0x`, and at its end. */
const HEAD = 6;
const TAIL = 4;

/** An address that looks short but is copied whole. */
export function addressHtml(address: string, explorer: string | undefined): Html {
  const text = html`${address.slice(0, HEAD)}<i>${address.slice(HEAD, -TAIL)}</i>${address.slice(-TAIL)}`;
  return explorer === undefined
    ? html`<span>${text}</span>`
    : html`<a href="${explorer}/address/${address}">${text}</a>`;
}

/**
 * A time as people say it, with the exact one.
 *
 * @param at in seconds since the Unix epoch
 * @param now the same
 */
export function ago(at: number, now: number): Html {
  return timeHtml(at, `${duration(Math.max(0, now - at))} ago`);
}

/** How long ago a time is, as {@linkcode ago} has it. */
export function elapsed(at: number, now: number): Html {
  return timeHtml(at, duration(Math.max(0, now - at)));
}

/** The last second of the year 9999: nodes may report any time of a block, and a later one has no such text. */
const MAX_TIME = 253_402_300_799;

/** A time in full, such as `2027-01-31 18:00 UTC`. */
export function dateHtml(at: number): Html {
  const [date = "", time = ""] = new Date(1000 * at).toISOString().split("T");
  return timeHtml(at, `${date} ${time.slice(0, 5)} UTC`);
}

function timeHtml(at: number, text: string): Html {
  const iso = `${new Date(1000 * Math.floor(Math.min(at, MAX_TIME))).toISOString().slice(0, 19)}Z`;
  return html`<time datetime="${iso}">${text}</time>`;
}

/** How people call the values of `state`. */
export const STATE_NAMES: Readonly<Record<(typeof STATES)[number], string>> = {
  attention: "needs attention",
  ok: FINE,
  muted: "muted",
  ...CONDITION_NAMES,
};

/** What is below every page. */
export function footerOf({ exporter, at }: Status, { metrics, status, healthy, ready }: Links): Html {
  return html`
    <p>
      Started ${ago(exporter.startedAt, at)}. Configuration <code>${exporter.source}</code>, loaded${" "}
      ${ago(exporter.configLoadedAt, at)}. <a href="${metrics}">Metrics</a>,${" "}
      <a href="${status}">JSON</a>, <a href="${healthy}">health</a>, <a href="${ready}">readiness</a>
    </p>
  `;
}

/** A name, and what is shown beside it. */
export type NamedContent = readonly [name: string, value: Content];

/** Lists facts. */
export function factList(facts: readonly NamedContent[]): Html {
  return html`
    <dl>${facts.map(([name, value]) =>
      html`
        <div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>
      `
    )}</dl>
  `;
}
