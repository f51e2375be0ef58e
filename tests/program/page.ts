import { type Family, parseExposition, type Series } from "../fakes/exposition_parser.ts";

/** The families of the original, in its order. */
export const ORIGINAL = [
  "wallet_balance_wei",
  "wallet_balance_eth",
  "wallet_balance_below_minimum",
  "wallet_balance_check_success",
  "wallet_balance_check_timestamp",
  "wallet_balance_exporter_up",
  "wallet_balance_exporter_last_check_timestamp",
  "wallet_balance_exporter_info",
] as const;

const names: ReadonlySet<string> = new Set(ORIGINAL);

/** One scrape: the families of the original exporter. */
export interface Page {
  readonly text: string;
  readonly series: readonly Series[];
  /** End of the last complete poll in seconds; absent before the first. */
  readonly lastCheck?: number;
}

/**
 * Scrapes the exporter. A page that breaks the format is an error.
 *
 * @returns the page, or undefined while nobody listens
 */
export async function scrape(port: number): Promise<Page | undefined> {
  let response: Response;
  try {
    response = await fetch(`http://127.0.0.1:${port}/metrics`, {
      headers: { accept: "text/plain;version=0.0.4" },
    });
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
  const bytes = await response.bytes();
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  const type = response.headers.get("content-type") ?? "";
  if (
    response.status !== 200 || !/^text\/plain; ?version=0\.0\.4\b/.test(type)
  ) {
    throw new Error(
      `The page has status ${response.status} and type "${type}"`,
    );
  }
  return readPage(text);
}

/** Reads a page and checks what holds for every page: families, order, label order. */
export function readPage(text: string): Page {
  const families = parseExposition(text).filter(({ name }) => names.has(name));
  const shape = families.map(({ name, type }) => `${name} ${type}`);
  const wanted = ORIGINAL.map((name) => `${name} gauge`);
  if (shape.join() !== wanted.join()) {
    throw new Error(`The families are ${shape.join(", ")}`);
  }
  const series = families.flatMap(({ series }) => series);
  const unsorted = series.find(({ labels }) => !isSorted(Object.keys(labels)));
  if (unsorted !== undefined) {
    throw new Error(`The labels of ${unsorted.name} are not in order`);
  }
  const lastCheck = valueOf(
    families,
    "wallet_balance_exporter_last_check_timestamp",
  );
  return { text, series, ...(lastCheck === undefined ? {} : { lastCheck }) };
}

function valueOf(
  families: readonly Family[],
  name: string,
): number | undefined {
  return families.find((family) => family.name === name)?.series[0]?.value;
}

function isSorted(names: readonly string[]): boolean {
  return names.every((name, index) => index === 0 || (names[index - 1] ?? "") < name);
}
