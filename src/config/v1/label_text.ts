import { MAX_URL } from "../secrets/endpoint_url.ts";

/** A JSON number as the original exporter's labels show it. */
export class PythonNumber {
  readonly text: string;

  /** @param source its text in the JSON */
  constructor(source: string) {
    this.text = pythonText(source);
  }
}

/**
 * Writes a JSON number as Python's `str()` writes the value its `json` module reads.
 *
 * @param source the number's text in the JSON file, such as `1.50` or `1e16`
 * @returns an integer in plain digits; a float as the shortest text that reads back
 * the same, with an exponent below 1e-4 and from 1e16 up, of at least two digits;
 * `inf` or `-inf` past the range of a double
 */
export function pythonText(source: string): string {
  if (/^-?\d+$/.test(source)) return source === "-0" ? "0" : source;
  const value = Number(source);
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  // "d.ddde±x": the digits are the shortest that round-trip, as in Python.
  const [mantissa = "", exponentText = "0"] = Math.abs(value).toExponential().split("e");
  return sign + layOut(mantissa.replace(".", ""), Number(exponentText));
}

function layOut(digits: string, exponent: number): string {
  if (exponent < -4 || exponent >= 16) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    const power = String(Math.abs(exponent)).padStart(2, "0");
    return `${digits.charAt(0)}${fraction}e${exponent < 0 ? "-" : "+"}${power}`;
  }
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${whole}.${digits.slice(exponent + 1) || "0"}`;
}

/** The name of a network whose URL has no host. */
const UNKNOWN = "unknown";

/**
 * Makes the `network` label of an RPC URL as the original exporter did, except
 * that credentials never enter it: the text after `//` up to the next `/`, up to
 * the first `.`, with `_` in place of `:` and `-`.
 *
 * @returns such as `eth_mainnet`, `localhost_8545`, `[__1]_8545`; `unknown` without `//`,
 * or where the text after it may not be the host
 */
export function networkName(text: string): string {
  const start = text.indexOf("//");
  if (start === -1 || text.length > MAX_URL) return UNKNOWN;
  const [name] = hostPart(text, text.slice(start + 2))?.split(".") ?? [];
  return name?.replace(/[:-]/g, "_") ?? UNKNOWN;
}

/** The host and port as typed, if they certainly are that and not secret. */
function hostPart(text: string, rest: string): string | undefined {
  const url = URL.parse(text);
  const [authority = ""] = rest.split(/[/?#\\]/, 1);
  // A later @ may end a password with a slash in it: then this is a part of the password.
  const strayAt = rest.includes("@", authority.length);
  if (strayAt && (url === null || authority.includes("@"))) return undefined;
  const host = authority.slice(authority.lastIndexOf("@") + 1).trim();
  if (url === null) return /^[\w.:[\]-]*$/.test(host) ? host : undefined;
  return URL.parse(`${url.protocol}//${host}`)?.host === url.host ? host : undefined;
}
