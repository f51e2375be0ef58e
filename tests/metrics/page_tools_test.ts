import assert from "node:assert/strict";
import { parseExposition } from "../fakes/exposition_parser.ts";
import { parseOpenMetrics } from "../fakes/open_metrics.ts";
import { runOutside, skipCheck } from "../fakes/outside_tool.ts";
import { samplePage } from "../fakes/sample_pages.ts";

const python = Deno.env.get("PYTHON") ?? "python3";
const promtool = Deno.env.get("PROMTOOL") ?? "promtool";

/** Reads a page with Python's parser and gives back, as JSON, what it understood. */
const script = `
import importlib, json, sys
parser = importlib.import_module(sys.argv[1])
page = sys.stdin.buffer.read().decode("utf-8")
print(json.dumps([
    [family.name, family.type, family.documentation, [[s.name, s.labels, s.value] for s in family.samples]]
    for family in parser.text_string_to_metric_families(page)
]))
`;

type Understood = readonly (readonly [
  name: string,
  type: string,
  help: string,
  samples: readonly (readonly [string, Readonly<Record<string, string>>, number])[],
])[];

async function hasPython(): Promise<boolean> {
  const result = await runOutside([python, "-c", "import prometheus_client"], "");
  return result?.code === 0;
}

async function understand(module: string, page: string): Promise<Understood> {
  const result = await runOutside([python, "-c", script, module], page);
  assert.equal(result?.code, 0, result?.output);
  return JSON.parse(result?.output ?? "");
}

interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly series: readonly {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

function expected(families: readonly Family[]): Understood {
  return families.map(({ name, type, help, series }) =>
    [name, type, help, series.map(({ name, labels, value }) => [name, labels, value] as const)] as const
  );
}

Deno.test("the OpenMetrics page is read by Python's parser as it was meant", async () => {
  if (!await hasPython()) return skipCheck("reading OpenMetrics with Python", `${python} has no prometheus_client`);
  const page = await samplePage("openmetrics");
  assert.deepEqual(await understand("prometheus_client.openmetrics.parser", page), expected(parseOpenMetrics(page)));
});

Deno.test("the text page is read by Python's parser as it was meant", async () => {
  if (!await hasPython()) return skipCheck("reading the text format with Python", `${python} has no prometheus_client`);
  const page = await samplePage("text");
  const families = parseExposition(page).map((family) => {
    // That parser calls a counter by its OpenMetrics name in both formats.
    return family.type === "counter" ? { ...family, name: family.name.replace(/_total$/, "") } : family;
  });
  assert.deepEqual(await understand("prometheus_client.parser", page), expected(families));
});

Deno.test("promtool finds nothing wrong in the page", async () => {
  const result = await runOutside([promtool, "check", "metrics"], await samplePage("text"));
  if (result === undefined) return skipCheck("promtool check metrics", `there is no ${promtool}`);
  assert.deepEqual(result, { code: 0, output: "" });
});
