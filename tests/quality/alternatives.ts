import { parse, stringify } from "yaml";
import { HOUR } from "./calendar.ts";
import { evaluateRules, SHIPPED, SHIPPED_RULES } from "./compare.ts";
import { type Firing, readRules } from "./rules.ts";
import { scrapeWallet } from "./scrape.ts";
import { type Notification, type ScoredDryOut, scoreDryOuts, scoreNotifications } from "./score.ts";
import { simulateWallet } from "./wallets.ts";

// Prints how other times would do, on the seeds that the shipped ones were chosen on: alternatives.ts [YEARS]

const YEARS = Number(Deno.args[0] ?? 200);
const SOON = "WalletBalanceDepletingSoon";
const FAST = "WalletBalanceDepletingFast";

/** Other texts in the expression of an alert. */
interface Alternative {
  readonly name: string;
  readonly of: typeof SOON | typeof FAST;
  readonly replaces: readonly (readonly [shipped: string, other: string])[];
}

const ALTERNATIVES: readonly Alternative[] = [
  { name: "3 days, 36 hours", of: SOON, replaces: [["< 604800", "< 259200"], [") < 259200", ") < 129600"]] },
  { name: "4 days, 2 days", of: SOON, replaces: [["< 604800", "< 345600"], [") < 259200", ") < 172800"]] },
  { name: "5 days, 60 hours", of: SOON, replaces: [["< 604800", "< 432000"], [") < 259200", ") < 216000"]] },
  { name: "7 days, 3 days (shipped)", of: SOON, replaces: [] },
  { name: "7 days, 7 days", of: SOON, replaces: [[") < 259200", ") < 604800"]] },
  { name: "36 hours, below its minimum", of: FAST, replaces: [["8 * 21600", "6 * 21600"]] },
  { name: "2 days, below its minimum (shipped)", of: FAST, replaces: [] },
  { name: "3 days, below its minimum", of: FAST, replaces: [["8 * 21600", "12 * 21600"]] },
  { name: "2 days, whatever its minimum is", of: FAST, replaces: [["outflow1d < 21600", "outflow1d < 172800"]] },
  { name: "1 day, whatever its minimum is", of: FAST, replaces: [["outflow1d < 21600", "outflow1d < 86400"]] },
  { name: "12 hours, whatever its minimum is", of: FAST, replaces: [["outflow1d < 21600", "outflow1d < 43200"]] },
];

interface File {
  readonly groups: readonly { readonly rules: Record<string, unknown>[] }[];
}

/** The shipped rules, with the alternatives as alerts of their own. */
function rulesWithAlternatives(): string {
  const file: File = parse(SHIPPED_RULES);
  for (const { rules } of file.groups) {
    for (const { name, of, replaces } of ALTERNATIVES) {
      const rule = rules.find(({ alert }) => alert === of);
      if (rule === undefined) continue;
      const expr = replaces.reduce((text, [shipped, other]) => {
        if (!text.includes(shipped)) throw new Error(`${of} has no "${shipped}"`);
        return text.replace(shipped, other);
      }, String(rule["expr"]));
      rules.push({ ...rule, alert: name, expr });
    }
  }
  return stringify(file);
}

const rules = readRules(rulesWithAlternatives(), new Set([...SHIPPED, ...ALTERNATIVES.map(({ name }) => name)]));
const dryOuts = new Map<string, ScoredDryOut[]>();
const starts = new Map<string, Notification[]>();
for (let seed = 1; seed <= YEARS; seed++) {
  const wallet = simulateWallet(seed);
  const firings = evaluateRules(rules, scrapeWallet(wallet));
  for (const { name, of } of ALTERNATIVES) {
    const others = of === SOON ? SHIPPED.filter((alert) => alert !== SOON) : ["WalletBalanceCriticallyLow"];
    const ours = firings.filter(({ alert }) => alert === name);
    const all: readonly Firing[] = firings.filter(({ alert }) => others.includes(alert)).concat(ours);
    dryOuts.set(name, [...dryOuts.get(name) ?? [], ...scoreDryOuts(wallet, all)]);
    starts.set(name, [...starts.get(name) ?? [], ...scoreNotifications(wallet, of === SOON ? ours : all)]);
  }
}

const lines = ALTERNATIVES.map(({ name, of }) => {
  const possible = (dryOuts.get(name) ?? []).filter(({ allowsDay }) => allowsDay);
  const inTime = possible.filter(({ lead = -Infinity }) => lead >= 24 * HOUR);
  const counted = starts.get(name) ?? [];
  const found = of === SOON ? counted : counted.filter(({ isFalse }) => isFalse);
  const share = (100 * inTime.length / possible.length).toFixed(1);
  return `| ${name} | ${share} % | ${(found.length / YEARS).toFixed(of === SOON ? 1 : 2)} |`;
});
Deno.stdout.writeSync(new TextEncoder().encode(`${lines.join("\n")}\n`));
