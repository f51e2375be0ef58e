import assert from "node:assert/strict";
import fc from "fast-check";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Format } from "../../src/metrics/encoders/encoders.ts";
import { readRegistry } from "../../src/metrics/families/registry.ts";
import { parseExposition } from "../fakes/exposition_parser.ts";
import { asSent, nastyText } from "../fakes/nasty_text.ts";
import { parseOpenMetrics } from "../fakes/open_metrics.ts";
import { NO_NETWORKS, textOf } from "../fakes/page_text.ts";
import { IDENTITY } from "../fakes/watched.ts";

const nasty = nastyText();

/** Labels that sort before `namespace`, where prom-client prints them too. */
const sample = fc.record({
  a: nasty,
  label: nasty,
  value: fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }),
});

/** prom-client takes two samples for one when these texts are equal, which ours cannot know. */
const samples = fc.uniqueArray(sample, {
  selector: ({ a, label }) => `a:${a},label:${label},`.toWellFormed(),
  maxLength: 5,
});

async function ours(registry: Registry, format: Format): Promise<string> {
  return asSent(textOf(await readRegistry(registry), NO_NETWORKS, format));
}

/** prom-client's own page, with the labels that ours adds by itself. */
async function theirs(registry: Registry): Promise<string> {
  registry.setDefaultLabels({ namespace: IDENTITY.namespace, release: IDENTITY.release });
  return asSent(await registry.metrics());
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}

Deno.test("readRegistry() writes gauges and counters as prom-client does, line by line", async () => {
  const labelNames = ["a", "label"];
  await fc.assert(fc.asyncProperty(samples, samples, nasty, async (gauges, counters, help) => {
    const registry = new Registry();
    const registers = [registry];
    // HELP must not be empty for prom-client.
    const gauge = new Gauge({ name: "some_gauge", help: `H${help}`, labelNames, registers });
    const counter = new Counter({ name: "some_total", help: "C", labelNames, registers });
    new Gauge({ name: "plain", help: "P", registers }).set(-1.5e-7);
    new Gauge({ name: "without_samples", help: "W", labelNames, registers });
    for (const { value, ...labels } of gauges) gauge.set(labels, value);
    for (const { value, ...labels } of counters) counter.inc(labels, value);
    const [our, their] = [await ours(registry, "text"), await theirs(registry)];
    assert.deepEqual(linesOf(our), linesOf(their));
    assert.deepEqual(parseExposition(our), parseExposition(their));
  }));
});

Deno.test("readRegistry() writes the same samples of a histogram as prom-client", async () => {
  const times = fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 1, maxLength: 20 });
  await fc.assert(fc.asyncProperty(times, async (times) => {
    const registry = new Registry();
    const histogram = new Histogram({
      name: "some_seconds",
      help: "S",
      labelNames: ["a"],
      buckets: [0.5, 1, 10],
      registers: [registry],
    });
    for (const time of times) histogram.observe({ a: "x" }, time);
    const [our, open] = [await ours(registry, "text"), await ours(registry, "openmetrics")];
    const their = await theirs(registry);
    assert.deepEqual(parseExposition(our), parseExposition(their));
    const bounds = parseOpenMetrics(open)[0]?.series.flatMap(({ labels }) => labels["le"] ?? []);
    assert.deepEqual(bounds, ["0.5", "1.0", "10.0", "+Inf"]);
  }));
});

Deno.test("readRegistry() sorts the labels of every sample, including le", async () => {
  const registry = new Registry();
  const labelNames = ["zone", "method", "endpoint"];
  new Histogram({ name: "h", help: "H", labelNames, registers: [registry] }).observe({
    zone: "1",
    method: "2",
    endpoint: "3",
  }, 1);
  for (const { series } of parseExposition(await ours(registry, "text"))) {
    for (const { labels } of series) {
      const names = Object.keys(labels);
      assert.deepEqual(names, names.toSorted());
      assert.deepEqual([labels["namespace"], labels["release"]], ["ns", "rel"]);
    }
  }
});

Deno.test("readRegistry() does not change the registry, whatever format is written", async () => {
  const registry = new Registry();
  new Counter({ name: "some_total", help: "C", registers: [registry] }).inc(2);
  const before = await ours(registry, "text");
  assert.match(
    await ours(registry, "openmetrics"),
    /^# HELP some C\n# TYPE some counter\nsome_total\{.*\} 2\n# EOF\n$/,
  );
  assert.equal(await ours(registry, "text"), before);
});

Deno.test("readRegistry() lists the labels of each metric, and all suffixes of a histogram", async () => {
  const registry = new Registry();
  new Histogram({ name: "h", help: "H", registers: [registry] }).observe(1);
  new Gauge({ name: "g", help: "G", labelNames: ["a"], registers: [registry] });
  const families = await readRegistry(registry);
  const suffixes = families.map(({ samples }) => new Set([...samples(NO_NETWORKS)].map(({ suffix }) => suffix)));
  assert.deepEqual(suffixes, [new Set(["_bucket", "_sum", "_count"]), new Set()]);
  assert.deepEqual(families.map(({ labels }) => labels), [["le"], ["a"]]);
});
