import { HOUR } from "./calendar.ts";
import { type SetName, SETS, type YearResult } from "./compare.ts";

const BEGIN = "<!-- table: deno task quality -->";
const END = "<!-- end of table -->";

const NAMES: Readonly<Record<SetName, string>> = {
  shipped: "shipped, warnings and pages",
  pages: "shipped, pages alone",
  BelowOwnMinimum: "balance below its minimum",
  BelowFixedAmount: "balance below 0.1",
  BelowTwiceLastDay: "less than twice the last 24 h",
};

const HEAD = [
  "Rules",
  "Dry-outs missed",
  "Lead: median",
  "Worst, where 24 h are possible",
  "≥ 24 h, where possible",
  "Pages a year",
  "False pages a year",
];

/** Makes a table in Markdown. */
export function tableOf(results: readonly YearResult[]): string {
  const rows = SETS.map((name) => {
    const dryOuts = results.flatMap(({ sets }) => sets[name].dryOuts);
    const pages = results.flatMap(({ sets }) => sets[name].pages);
    const leads = dryOuts.flatMap(({ lead }) => lead ?? []).toSorted((one, other) => one - other);
    const possible = dryOuts.filter(({ allowsDay }) => allowsDay);
    const inTime = possible.filter(({ lead = -Infinity }) => lead >= 24 * HOUR);
    const worst = Math.min(...possible.map(({ lead = -Infinity }) => lead));
    const perYear = (count: number): string => (count / results.length).toFixed(2);
    return [
      NAMES[name],
      `${dryOuts.length - leads.length} of ${dryOuts.length}`,
      hours(leads[leads.length >> 1] ?? NaN),
      worst === -Infinity ? "missed" : hours(worst),
      `${(100 * inTime.length / possible.length).toFixed(1)} %`,
      perYear(pages.length),
      perYear(pages.filter(({ isFalse }) => isFalse).length),
    ];
  });
  return [HEAD, HEAD.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n") +
    `\n\n${notes(results)}`;
}

/** What the table cannot show. */
function notes(results: readonly YearResult[]): string {
  const dryOuts = results.flatMap(({ sets }) => sets.shipped.dryOuts);
  const possible = dryOuts.filter(({ allowsDay }) => allowsDay);
  const late = possible.filter(({ lead = -Infinity }) => lead < 24 * HOUR);
  const sudden = late.filter(({ daysBefore }) => daysBefore > 3);
  const tickets = results.flatMap(({ tickets }) => tickets);
  return `${results.length} wallet-years, ${dryOuts.length} dry-outs; in ${possible.length} of them 24 hours are possible. Of ${late.length} with
less, ${sudden.length} wallets held more than three mean days of spending a day before. The shipped rules send ${
    (tickets.length / results.length).toFixed(1)
  } warnings a
year and wallet.`;
}

function hours(minutes: number): string {
  return `${(minutes / HOUR).toFixed(1)} h`;
}

/** Replaces the table of the page. */
export function insertTable(page: string, table: string): string {
  const [before, rest = ""] = page.split(BEGIN);
  const [, after = ""] = rest.split(END);
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}
