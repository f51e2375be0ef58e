/**
 * Numbers as the templates of Prometheus print them, in Go's formats.
 *
 * @module
 */

/** Exact digits of a double that decide how it is rounded: its neighbours differ in the 17th. */
const DIGITS = 40;

/** A finite number as digits with an exponent: 0.00125 is 125 and -3. */
interface Decimal {
  readonly digits: string;
  /** Of the first digit. */
  readonly exponent: number;
}

/** Formats a number as `%.6g` and the like. */
export function formatGeneral(value: number, precision: number): string {
  if (!Number.isFinite(value) || value === 0) return formatSpecial(value);
  const { digits, exponent } = rounded(value, (first) => Math.max(first - precision + 1, first - DIGITS));
  return sign(value) +
    (exponent < -4 || exponent >= precision ? scientific(digits, exponent) : plain(digits, exponent));
}

/** Formats a number as `%.0f`. */
export function formatWhole(value: number): string {
  if (!Number.isFinite(value)) return formatSpecial(value);
  if (Math.abs(value) <= 0.5) return `${sign(value)}0`;
  const { digits, exponent } = rounded(value, () => 0);
  return sign(value) + plain(digits, exponent);
}

/** From this exponent on, the shortest form has one. */
const SHORTEST = 6;

/** Formats a number as `%v`: the shortest that is read as the same number. */
export function formatShortest(value: number): string {
  if (!Number.isFinite(value) || value === 0) return formatSpecial(value);
  const [mantissa = "", exponent = ""] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const power = Number(exponent);
  return sign(value) + (power < -4 || power >= SHORTEST ? scientific(digits, power) : plain(digits, power));
}

/** Formats seconds as `humanizeDuration` does. */
export function humanizeDuration(value: number): string {
  if (!Number.isFinite(value)) return formatSpecial(value);
  if (value === 0) return "0s";
  const size = Math.abs(value);
  if (size < 1) return smallDuration(value);
  const whole = Math.trunc(size);
  const [days, hours, minutes] = [
    Math.trunc(whole / 86_400),
    Math.trunc(whole / 3600) % 24,
    Math.trunc(whole / 60) % 60,
  ];
  const seconds = whole % 60;
  if (days > 0) return `${sign(value)}${days}d ${hours}h ${minutes}m ${seconds}s`;
  if (hours > 0) return `${sign(value)}${hours}h ${minutes}m ${seconds}s`;
  if (minutes > 0) return `${sign(value)}${minutes}m ${seconds}s`;
  return `${formatGeneral(value, 4)}s`;
}

/** Formats a share as `humanizePercentage` does. */
export function humanizePercentage(value: number): string {
  return `${formatGeneral(value * 100, 4)}%`;
}

function smallDuration(value: number): string {
  let scaled = value;
  let prefix = "";
  for (const next of "munpfazy") {
    if (Math.abs(scaled) >= 1) break;
    prefix = next;
    scaled *= 1000;
  }
  return `${formatGeneral(scaled, 4)}${prefix}s`;
}

function formatSpecial(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (value === 0) return `${sign(value)}0`;
  return value > 0 ? "+Inf" : "-Inf";
}

function sign(value: number): string {
  return value < 0 || Object.is(value, -0) ? "-" : "";
}

/**
 * Rounds to the nearest, of two to the even one, as Go does; `toFixed` rounds those up.
 *
 * @param lastOf the exponent of the last digit that is kept, by that of the first
 */
function rounded(value: number, lastOf: (first: number) => number): Decimal {
  const [mantissa = "", power = ""] = Math.abs(value).toExponential(DIGITS).split("e");
  const first = Number(power);
  const all = mantissa.replace(".", "");
  const count = first - lastOf(first) + 1;
  const kept = BigInt(all.slice(0, count) || "0");
  const rest = all.slice(count).replace(/0+$/, "");
  const isUp = rest === "5" ? kept % 2n === 1n : rest > "5";
  const digits = String(kept + (isUp ? 1n : 0n));
  return { digits, exponent: first + digits.length - Math.max(count, 1) };
}

function scientific(digits: string, exponent: number): string {
  const fraction = digits.slice(1).replace(/0+$/, "");
  const power = String(Math.abs(exponent)).padStart(2, "0");
  return `${digits.slice(0, 1)}${fraction === "" ? "" : `.${fraction}`}e${exponent < 0 ? "-" : "+"}${power}`;
}

function plain(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits.replace(/0+$/, "")}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const fraction = digits.slice(exponent + 1).replace(/0+$/, "");
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
