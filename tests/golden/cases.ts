const original = new URL("../testdata/golden.json", import.meta.url);
const decided = new URL("../testdata/golden_ours.json", import.meta.url);

/** A series as it must be printed, with placeholders. */
export interface ExpectedSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** A number in any spelling, or `{{TIME}}`. */
  readonly value: string;
}

/** What a node or the world looks like, and the series that must follow. */
export interface Step {
  /** Wei by address, for node A and for node B. */
  readonly balances?: Readonly<
    Partial<Record<"A" | "B", Readonly<Record<string, string>>>>
  >;
  /** The fault behind `{{RPC_F}}/sw` from now on. */
  readonly rpc?: string;
  readonly expected: readonly ExpectedSeries[];
}

/** One case: a configuration and what must come of it. */
export interface GoldenCase extends Step {
  readonly name: string;
  readonly group: string;
  /** The text of `WALLET_CONFIG`; null: not set. */
  readonly config: string | null;
  /** Further variables; null: not set. */
  readonly env: Readonly<Record<string, string | null>>;
  /** Node by host, reached through the proxy. */
  readonly routes?: Readonly<Record<string, "A" | "B">>;
  readonly then?: readonly Step[];
  /** The program must stop with this status. */
  readonly exit?: number;
  /** Texts that must appear on stderr. */
  readonly stderr?: readonly string[];
  /** `same` as the original, or in what we differ. */
  readonly ours: string;
}

/** What `golden_ours.json` holds for a case. */
type Ours = Partial<
  Pick<GoldenCase, "exit" | "stderr" | "expected" | "then">
>;

/**
 * Reads the cases. Where ours differs from the original, the case holds what
 * ours must print.
 *
 * @throws {TypeError} if the two files do not fit each other
 */
export async function loadCases(): Promise<readonly GoldenCase[]> {
  const cases = await readJson<readonly GoldenCase[]>(original);
  const ours = new Map(
    Object.entries(await readJson<Record<string, Ours>>(decided)),
  );
  const loaded = cases.map((original): GoldenCase => {
    if (original.ours === "same") return original;
    const own = ours.get(original.name);
    ours.delete(original.name);
    if (own === undefined) {
      throw new TypeError(`"${original.name}" has no decision`);
    }
    return decide(original, own);
  });
  const [left] = ours.keys();
  if (left !== undefined) throw new TypeError(`"${left}" is no decided case`);
  return loaded;
}

/** Whether the case compares with the original itself. */
export function isSame({ ours }: GoldenCase): boolean {
  return ours === "same";
}

function decide(original: GoldenCase, own: Ours): GoldenCase {
  const { exit: _, then = [], ...rest } = original;
  if (then.length !== (own.then ?? []).length) {
    throw new TypeError(`"${original.name}" has another number of steps`);
  }
  const steps = then.map((step, index) => ({ ...step, ...own.then?.[index] }));
  return { ...rest, expected: [], ...own, then: steps };
}

/** The test data is ours; its shape is trusted here and only here. */
async function readJson<Shape>(file: URL): Promise<Shape> {
  return JSON.parse(await Deno.readTextFile(file)) as Shape;
}
