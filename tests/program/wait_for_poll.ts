import type { Exporter } from "./exporter.ts";
import { type Page, scrape } from "./page.ts";
import { until } from "./until.ts";

/** Waits for the page after the first poll of all networks. */
export async function firstPoll(exporter: Exporter): Promise<Page> {
  return await waitFor(exporter, ({ lastCheck }) => lastCheck !== undefined);
}

/**
 * Waits for a page of a poll that began after a moment. The first poll that ends after it may have begun before.
 *
 * @param moment in seconds
 */
export async function pollAfter(
  exporter: Exporter,
  moment: number,
): Promise<Page> {
  const ends = new Set<number>();
  return await waitFor(exporter, ({ lastCheck = 0 }) => {
    if (lastCheck > moment) ends.add(lastCheck);
    return ends.size === 2;
  });
}

/** Waits for a page whose text is accepted. */
export async function pageWhere(exporter: Exporter, accept: (text: string) => boolean): Promise<string> {
  return (await waitFor(exporter, ({ text }) => accept(text))).text;
}

async function waitFor(
  exporter: Exporter,
  accept: (page: Page) => boolean,
): Promise<Page> {
  let seen = "";
  const page = await until("an accepted page", async () => {
    if (exporter.hasEnded()) return "ended";
    const page = await scrape(exporter.port);
    if (page === undefined || accept(page)) return page;
    seen = page.text;
    return undefined;
  }).catch((error) => {
    throw new Error(`${error.message}; the last page is:\n${seen}`);
  });
  if (page === "ended") throw new Error("The program ended by itself");
  return page;
}
