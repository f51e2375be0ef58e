/**
 * Writes a JSON number as Python's `str()` writes the value its `json` module
 * reads, which is how the original exporter made its labels.
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
  const [mantissa = "", exponentText = "0"] = Math.abs(value).toExponential()
    .split("e");
  const digits = mantissa.replace(".", "");
  return sign + layOut(digits, Number(exponentText));
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
