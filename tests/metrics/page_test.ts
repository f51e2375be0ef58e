import assert from "node:assert/strict";
import type { Format } from "../../src/metrics/encoders/encoders.ts";
import { VERSION } from "../../src/version.ts";
import { parseExposition } from "../fakes/exposition_parser.ts";
import { parseOpenMetrics } from "../fakes/open_metrics.ts";
import { samplePage } from "../fakes/sample_pages.ts";

/** What differs from run to run and from release to release stands for itself. */
function masked(page: string): string {
  return page
    .replaceAll(`version="${VERSION}"`, 'version="VERSION"')
    .replaceAll(`deno="${Deno.version.deno}"`, 'deno="DENO"')
    .replace(/^(process_.*\} ).*$/gm, "$1VALUE");
}

// A wanted change of the page is written down with `deno test -P tests/metrics/page_test.ts --update-snapshots`.
for (const format of ["text", "openmetrics"] as const) {
  Deno.test(`the whole page in ${format} is as it was`, async (t) => {
    const page = masked(await samplePage(format));
    await t.assertSnapshot(page, { path: "../testdata/page_test.snap", name: format, serializer: (text) => text });
  });
}

function familiesOf(page: string, format: Format): readonly { readonly name: string; readonly help: string }[] {
  return format === "text" ? parseExposition(page) : parseOpenMetrics(page);
}

Deno.test("the page holds the same families, samples and values in both formats", async () => {
  const [text, open] = [await samplePage("text"), await samplePage("openmetrics")];
  const samples = (page: string): readonly string[] =>
    masked(page).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const bounds = (line: string): string => line.replace(/le="(\d+)\.0"/, 'le="$1"');
  assert.deepEqual(samples(open).map(bounds), samples(text));
  assert.equal(familiesOf(open, "openmetrics").length, familiesOf(text, "text").length);
});

Deno.test("the page explains every family in a sentence", async () => {
  for (const { name, help } of familiesOf(await samplePage("text"), "text")) {
    assert.match(help, /^[A-Z1].*\.$/, name);
  }
});
