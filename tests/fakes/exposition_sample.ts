/** One series of a page and its value. */
export interface Series {
  readonly name: string;
  /** Label values by name, unescaped, in the order of the page. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.+)\})? (\S+)(?: (-?\d+))?$/s;
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\[\\"n])*)"(,|$)/y;
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * Reads one sample line of the text format, written as Prometheus writes it:
 * single spaces, no trailing comma, no empty braces.
 *
 * @param text the line without its line feed
 * @throws {SyntaxError} if anything about it is wrong
 */
export function parseSample(text: string): Series {
  const [, name, labels, value] = line.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new SyntaxError("The line is no sample");
  }
  return { name, labels: parseLabels(labels ?? ""), value: parseValue(value) };
}

/** Turns `\\`, `\"` and `\n` back into what they stand for. */
export function unescape(text: string): string {
  return text.replace(
    /\\(.)/g,
    (_, escaped: string) => escaped === "n" ? "\n" : escaped,
  );
}

function parseLabels(text: string): Record<string, string> {
  const found = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    label.lastIndex = at;
    const [whole, name, value, end] = label.exec(text) ?? [];
    if (whole === undefined || name === undefined || value === undefined) {
      throw new SyntaxError(`The labels are wrong from "${text.slice(at)}"`);
    }
    if (found.has(name)) throw new SyntaxError(`Label "${name}" stands twice`);
    found.set(name, unescape(value));
    at += whole.length;
    if (end === "," && at === text.length) {
      throw new SyntaxError("A comma ends the labels");
    }
  }
  return Object.fromEntries(found);
}

function parseValue(text: string): number {
  if (text === "NaN") return NaN;
  if (text === "+Inf") return Infinity;
  if (text === "-Inf") return -Infinity;
  if (!decimal.test(text)) throw new SyntaxError(`"${text}" is no value`);
  return Number(text);
}
