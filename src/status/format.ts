import { formatUnits } from "../poller/units.ts";

/** Digits of an amount in a table. */
const SIGNIFICANT = 6;

/**
 * Formats an amount for people: exact, with thousands separators.
 *
 * @param amount 0 or more, in the smallest unit
 */
export function exactAmount(amount: bigint, decimals: number): string {
  return separated(formatUnits(amount, decimals));
}

/**
 * Shortens an amount to six significant digits, or all of its whole ones. The rest is cut off: a balance that is below
 * a limit never looks as if it had reached it.
 */
export function shortAmount(amount: bigint, decimals: number): string {
  const [whole = "", fraction = ""] = formatUnits(amount, decimals).split(".");
  const zeros = /^0*/.exec(fraction)?.[0].length ?? 0;
  const places = whole === "0" ? zeros + SIGNIFICANT : Math.max(0, SIGNIFICANT - whole.length);
  const kept = fraction.slice(0, places).replace(/0+$/, "");
  return separated(kept === "" ? whole : `${whole}.${kept}`);
}

/**
 * Formats a change with its sign, in six significant digits.
 *
 * @param change in the smallest unit
 */
export function signedChange(change: number, decimals: number): string {
  if (change === 0) return "0";
  const digits = BigInt(Math.trunc(Math.abs(change)));
  return `${change < 0 ? "−" : "+"}${shortAmount(digits, decimals)}`;
}

/** Formats an amount of USD: of less than a cent no digits. */
export function usdText(value: number): string {
  if (value > 0 && value < 0.01) return "<$0.01";
  return `$${value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

/** The longest first. */
const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
];
/** From here on, minutes and hours say nothing. */
const MAX_DAYS = 9999;

/**
 * Formats a duration in at most two units, such as `5 h 20 min`. It is never rounded up.
 *
 * @param seconds 0 or more
 */
export function duration(seconds: number): string {
  const whole = Math.floor(seconds);
  const first = UNITS.findIndex(([, size]) => whole >= size);
  const [name, size] = UNITS[first] ?? ["s", 1];
  const count = Math.floor(whole / size);
  if (name === "d" && count > MAX_DAYS) return `more than ${separated(String(MAX_DAYS))} d`;
  const [nextName, nextSize] = UNITS[first + 1] ?? ["", Infinity];
  const rest = Math.floor((whole - count * size) / nextSize);
  // Of many days, hours are noise.
  return rest === 0 || name === "d" && count >= 10 ? `${count} ${name}` : `${count} ${name} ${rest} ${nextName}`;
}

function separated(decimal: string): string {
  const [whole = "", fraction] = decimal.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
