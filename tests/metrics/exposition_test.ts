import assert from "node:assert/strict";
import fc from "fast-check";
import { ENCODERS, type Format } from "../../src/metrics/encoders/encoders.ts";
import { sortLabels, writeLabels, writeValue } from "../../src/metrics/encoders/labels.ts";
import type { Family, MetricType } from "../../src/metrics/model/family.ts";
import type { Label } from "../../src/metrics/model/series.ts";
import { parseExposition } from "../fakes/exposition_parser.ts";
import { asSent, nastyText } from "../fakes/nasty_text.ts";
import { NO_NETWORKS, textOf } from "../fakes/page_text.ts";
import { parseOpenMetrics } from "../fakes/open_metrics.ts";

const nasty = nastyText();
const labelName = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/).filter((name) => name !== "le");
const labels = fc.uniqueArray(fc.tuple(labelName, nasty), { selector: ([name]) => name, minLength: 1, maxLength: 6 });

const any = fc.double({ noNaN: false });

type Head = Pick<Family, "name" | "type" | "help">;

function familyOf(head: Head, samples: readonly (readonly [readonly Label[], number])[] = []): Family {
  return { ...head, labels: [], samples: () => samples.map(([labels, value]) => ({ labels, value })) };
}

function writeHead(head: Head, format: Format): string {
  return ENCODERS[format].head(familyOf(head));
}

function page(head: Head, samples: readonly (readonly [readonly Label[], number])[], format: Format): string {
  return asSent(textOf([familyOf(head, samples)], { ...NO_NETWORKS, common: [] }, format));
}

Deno.test("writeLabels() parses back to exactly what went in, in both formats", () => {
  const samples = fc.uniqueArray(fc.tuple(labels, any), {
    selector: ([labels]) => JSON.stringify(sortLabels(labels).map(([name, value]) => [name, value.toWellFormed()])),
    maxLength: 4,
  });
  fc.assert(fc.property(samples, nasty, (samples, help) => {
    const head: Head = { name: "x", type: "gauge", help };
    const expected = samples.map(([labels, value]) => ({
      name: "x",
      labels: Object.fromEntries(labels.map(([name, value]) => [name, value.toWellFormed()])),
      value: value === 0 ? 0 : value,
    }));
    for (
      const families of [
        parseExposition(page(head, samples, "text")),
        parseOpenMetrics(page(head, samples, "openmetrics")),
      ]
    ) {
      assert.equal(families.length, 1);
      assert.deepEqual(families[0]?.series, expected);
      assert.equal(families[0]?.help, help.toWellFormed());
    }
  }));
});

Deno.test("writeLabels() escapes quotes, backslashes and line feeds only", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["", ""],
    ['say "hi"', String.raw`say \"hi\"`],
    ["C:\\new", String.raw`C:\\new`],
    ["one\ntwo", String.raw`one\ntwo`],
    ["tab\tcr\rnul\0", "tab\tcr\rnul\0"],
    ["\ud800x", "\ufffdx"],
    ["🔥 κ", "🔥 κ"],
  ];
  for (const [value, written] of cases) assert.equal(writeLabels([["l", value]]), `l="${written}"`);
});

Deno.test("writeValue() reads back as the same double", () => {
  fc.assert(fc.property(any, (value) => {
    const [family] = parseExposition(page({ name: "x", type: "gauge", help: "X" }, [[[["a", ""]], value]], "text"));
    assert.equal(family?.series[0]?.value, value === 0 ? 0 : value);
  }));
});

Deno.test("writeValue() spells NaN and infinities as Prometheus does", () => {
  assert.deepEqual([NaN, Infinity, -Infinity].map(writeValue), ["NaN", "+Inf", "-Inf"]);
});

Deno.test("ENCODERS name families as each format requires", () => {
  const head = (type: MetricType, name: string, format: Format): readonly string[] =>
    writeHead({ name, type, help: "H" }, format).split("\n");
  assert.deepEqual(head("counter", "x_total", "text"), ["# HELP x_total H", "# TYPE x_total counter", ""]);
  assert.deepEqual(head("counter", "x_total", "openmetrics"), ["# HELP x H", "# TYPE x counter", ""]);
  assert.deepEqual(head("info", "x_info", "text"), ["# HELP x_info H", "# TYPE x_info gauge", ""]);
  assert.deepEqual(head("info", "x_info", "openmetrics"), ["# HELP x H", "# TYPE x info", ""]);
  assert.deepEqual(head("gauge", "x_info", "openmetrics"), ["# HELP x_info H", "# TYPE x_info gauge", ""]);
  assert.deepEqual(head("histogram", "x_seconds", "openmetrics"), [
    "# HELP x_seconds H",
    "# TYPE x_seconds histogram",
    "",
  ]);
});

Deno.test("ENCODERS escape quotes in HELP in OpenMetrics only", () => {
  const head: Head = { name: "x", type: "gauge", help: 'the "x"\n\\' };
  assert.match(writeHead(head, "text"), /^# HELP x the "x"\\n\\\\\n/);
  assert.match(writeHead(head, "openmetrics"), /^# HELP x the \\"x\\"\\n\\\\\n/);
});

Deno.test("sortLabels() sorts names alphabetically", () => {
  fc.assert(fc.property(labels, (labels) => {
    const names = sortLabels(labels).map(([name]) => name);
    assert.deepEqual(names, labels.map(([name]) => name).toSorted());
  }));
});
