import { benchParallelScrapes } from "./parallel.ts";
import { benchRender } from "./render.ts";
import { benchScrapeWhileHanging } from "./scrape.ts";
import { benchStart } from "./start.ts";
import { printTable } from "./table.ts";

if (import.meta.main) {
  printTable("Start", await benchStart());
  printTable("Rendering", await benchRender());
  printTable("Scraping while nodes hang", await benchScrapeWhileHanging());
  printTable("Scraping 50,000 series", await benchParallelScrapes());
}
