import { DAY, YEAR } from "./calendar.ts";
import { windowAround, type YearResult } from "./compare.ts";
import { inParallel } from "./pool.ts";
import { insertTable, tableOf } from "./table.ts";
import { skipCheck } from "../fakes/outside_tool.ts";

/** Thresholds and windows were chosen on seeds up to 700. */
const FIRST_SEED = Number(Deno.env.get("SEED") ?? 1001);
/** More are too many samples for promtool. */
const MAX_WINDOWS = 40;
/** Wallets whose whole year promtool evaluates: in pieces, and again what the longest range of the next one needs. */
const WHOLE = 20;
const PIECE = 28 * DAY;
const OVERLAP = 2 * DAY;
const PAGE = new URL("../../docs/alert-quality.md", import.meta.url);

const isSmall = Deno.args.includes("--small");
const years = isSmall ? 20 : 1000;
const started = Date.now();

function log(text: string): void {
  const seconds = Math.round((Date.now() - started) / 1000);
  Deno.stdout.writeSync(new TextEncoder().encode(`[${seconds} s] ${text}\n`));
}

function isYear(data: unknown): data is YearResult {
  return typeof data === "object" && data !== null && "sets" in data;
}

function isProof(data: unknown): data is string | undefined {
  return data === undefined || typeof data === "string";
}

/** Has promtool evaluate windows, and fails if it differs. */
async function prove(
  what: string,
  windows: ReturnType<typeof windowAround>[],
  perRun: number,
  every?: number,
): Promise<void> {
  const runs = Array.from({ length: Math.ceil(windows.length / perRun) }, (_, index) => ({
    windows: windows.slice(index * perRun, (index + 1) * perRun),
    ...every === undefined ? {} : { every },
  }));
  let proven = 0;
  let isSkipped = false;
  await inParallel(runs, isProof, (differs) => {
    isSkipped ||= differs === undefined;
    if (differs !== undefined && differs !== "") throw new Error(`promtool differs: ${differs.slice(0, 3000)}`);
    if (++proven % 10 === 0) log(`${proven} of ${runs.length} runs: ${what}`);
  });
  if (isSkipped) return skipCheck(what, "there is no promtool");
  log(`promtool agrees: ${what}`);
}

const seeds = Array.from({ length: years }, (_, index) => ({ seed: FIRST_SEED + index }));
const results = await inParallel(seeds, isYear);
log(`${years} wallet-years are evaluated`);
const table = tableOf(results);
log(`\n${table}`);
if (!isSmall) {
  await Deno.writeTextFile(PAGE, insertTable(await Deno.readTextFile(PAGE), table));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", PAGE.pathname] }).output();
}

const windows = results.flatMap(({ facts: { seed }, sets }) => [
  ...sets.shipped.dryOuts.map(({ at }) => windowAround(seed, at, YEAR)),
  ...sets.shipped.pages.filter(({ isFalse }) => isFalse).map(({ at }) => windowAround(seed, at, YEAR)),
]);
const chosen = isSmall ? windows.slice(0, MAX_WINDOWS) : windows;
await prove(`${chosen.length} windows around dry-outs and false pages`, chosen, MAX_WINDOWS);
await prove("ten of them, evaluated each minute", chosen.slice(0, 10), 10, 1);
const pieces = isSmall ? [0] : Array.from({ length: Math.ceil(YEAR / PIECE) }, (_, index) => index * PIECE);
const length = isSmall ? 4 * DAY : PIECE;
const whole = pieces.flatMap((from) =>
  seeds.slice(0, WHOLE).map(({ seed }) => ({
    seed,
    from: Math.max(0, from - OVERLAP),
    to: Math.min(YEAR, from + length),
  }))
);
await prove(`${WHOLE} wallets, the ${isSmall ? "first days" : "whole year in pieces of four weeks"}`, whole, WHOLE);
log("finished");
