import { benchBackfill } from "./backfill.ts";
import { benchCost } from "./cost.ts";
import { benchDistant } from "./distant.ts";
import { benchPage } from "./page.ts";
import { benchParallelScrapes } from "./parallel.ts";
import { benchReading } from "./reading.ts";
import { benchRender } from "./render.ts";
import { benchScale } from "./scale.ts";
import { benchScrapeWhileHanging } from "./scrape.ts";
import { benchStart } from "./start.ts";
import { benchStorage } from "./storage.ts";
import { printTable, type Row } from "./table.ts";

/** What can be measured, by the name that chooses it alone. */
const PARTS: Readonly<Record<string, readonly (readonly [title: string, bench: () => Promise<readonly Row[]>])[]>> = {
  start: [["Start", benchStart]],
  cost: [["The whole process", benchCost]],
  page: [["The page for people", benchPage]],
  scale: [["Memory, by size of the fleet", benchScale]],
  storage: [["Storing the series of shards, and evaluating the rules", benchStorage]],
  reading: [["Reading 10,000 wallets of one node", benchReading], ["Reading distant nodes", benchDistant]],
  backfill: [["Reading the past of 3,000 wallets", benchBackfill]],
  render: [["Rendering", benchRender]],
  scrape: [
    ["Scraping while nodes hang", benchScrapeWhileHanging],
    ["Scraping 50,000 series", benchParallelScrapes],
  ],
};

if (import.meta.main) {
  const wanted = Deno.args.length === 0 ? Object.keys(PARTS) : Deno.args;
  for (const name of wanted) {
    const part = PARTS[name];
    if (part === undefined) throw new RangeError(`There is no bench "${name}": ${Object.keys(PARTS).join(", ")}`);
    for (const [title, bench] of part) printTable(title, await bench());
  }
}
