import { type Gas, type Predictions, predictTimes, shareWithin } from "./time_left.ts";

/** Prints the table of `docs/alert-quality.md`, of as many wallet-years. */
const years = Number(Deno.args[0] ?? 60);
const FIRST_SEED = 1001;

interface Row {
  readonly name: string;
  readonly of: (predictions: Predictions) => boolean;
}

const ROWS: readonly Row[] = [
  { name: "varies by less than half", of: ({ isSteady }) => isSteady },
  { name: "… true time 6 to 12 h", of: ({ isSteady, trueHours }) => isSteady && trueHours <= 12 },
  { name: "… true time 18 to 48 h", of: ({ isSteady, trueHours }) => isSteady && trueHours > 12 },
  { name: "… and until it is empty", of: ({ staysSteady }) => staysSteady },
  { name: "varies more", of: ({ isSteady }) => !isSteady },
];

const lines = [
  "| Gas price | Spending per hour, in the day before | Cases | Within ±20 % | Within ±50 % | Median | Within ±20 % if half of it were known |",
  "| --- | --- | --- | --- | --- | --- | --- |",
];
for (const gas of ["constant", "changing"] satisfies Gas[]) {
  const all: Predictions[] = [];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + years; seed++) all.push(...predictTimes(seed, gas));
  for (const { name, of } of ROWS) {
    const own = all.filter(of);
    const errors = own.map(({ error }) => error).toSorted((one, other) => one - other);
    const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
    const median = errors[errors.length >> 1] ?? NaN;
    lines.push(
      `| ${gas} | ${name} | ${own.length} | ${percent(shareWithin(errors, 0.2))} | ${
        percent(shareWithin(errors, 0.5))
      } | ${median < 0 ? "−" : "+"}${percent(Math.abs(median))} | ${
        percent(shareWithin(own.map(({ halfKnownError }) => halfKnownError), 0.2))
      } |`,
    );
  }
}
Deno.stdout.writeSync(new TextEncoder().encode(`${lines.join("\n")}\n`));
