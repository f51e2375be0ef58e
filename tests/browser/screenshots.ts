/**
 * Takes the screenshots of the docs: docs/images/page-*.png, of a running exporter whose wallets spend.
 *
 * @module
 */

import { systemClock } from "../../src/util/clock.ts";
import { launchBrowser, openPage, VIEWS } from "./browser.ts";
import { livelyScene } from "./scenes.ts";

/** The time left is known after ten minutes. */
const MINUTES = Number(Deno.env.get("MINUTES") ?? "12");
const FOLDER = new URL("../../docs/images/", import.meta.url);

/** In CSS pixels: as many rows as a file of 200 kB can show. */
const HEIGHTS = { light: 1045, dark: 1045, phone: 844 } as const;

const browser = await launchBrowser();
if (browser === undefined) throw new Error("Cannot take screenshots: Chromium is not installed; see CHROMIUM_BIN");
await using scene = await livelyScene();
await systemClock.sleep(60_000 * MINUTES);
await Deno.mkdir(FOLDER, { recursive: true });
for (const [name, height] of Object.entries(HEIGHTS)) {
  const view = VIEWS.find((each) => each.name === name);
  if (view === undefined) throw new RangeError(`There is no view "${name}"`);
  await using page = await openPage(browser, view, `${scene.url}/`);
  await page.tab.setViewportSize({ width: view.width, height });
  await page.tab.screenshot({ path: new URL(`page-${name}.png`, FOLDER).pathname });
}
await browser.close();
