import { systemClock } from "../../src/clock.ts";
import type { Exporter } from "./exporter.ts";
import { type Page, scrape } from "./page.ts";

const pollMs = 30;
const limitMs = 20_000;

/** Waits for the page that follows the first cycle of all networks. */
export async function firstCycle(exporter: Exporter): Promise<Page> {
  return await waitFor(exporter, ({ lastCheck }) => lastCheck !== undefined);
}

/**
 * Waits for a page of a cycle that began after a moment: of the ends of
 * cycles seen after it, the second belongs to such a cycle.
 *
 * @param moment in seconds
 */
export async function cycleAfter(
  exporter: Exporter,
  moment: number,
): Promise<Page> {
  const ends = new Set<number>();
  return await waitFor(exporter, ({ lastCheck = 0 }) => {
    if (lastCheck > moment) ends.add(lastCheck);
    return ends.size === 2;
  });
}

/**
 * Waits for a page.
 *
 * @param exporter whose
 * @param accept tells whether a page is the one
 */
export async function pageWhere(exporter: Exporter, accept: (text: string) => boolean): Promise<string> {
  return (await waitFor(exporter, ({ text }) => accept(text))).text;
}

async function waitFor(
  exporter: Exporter,
  accept: (page: Page) => boolean,
): Promise<Page> {
  const end = Date.now() + limitMs;
  let seen = "the page never came";
  while (Date.now() < end) {
    if (exporter.hasEnded()) throw new Error("The program ended by itself");
    const page = await scrape(exporter.port);
    if (page !== undefined) {
      if (accept(page)) return page;
      seen = `the page is:\n${page.text}`;
    }
    await systemClock.sleep(pollMs);
  }
  throw new Error(`Not within ${limitMs} ms; ${seen}`);
}
