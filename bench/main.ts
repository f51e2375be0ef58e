import { benchRender } from "./render.ts";
import { benchScrapeWhileHanging } from "./scrape.ts";
import { benchStart } from "./start.ts";
import { printTable } from "./table.ts";

if (import.meta.main) {
  printTable("Start", await benchStart());
  printTable("Rendering", await benchRender());
  printTable("Scraping", await benchScrapeWhileHanging());
}
