import assert from "node:assert/strict";
import fc from "fast-check";
import { ENCODERS } from "../../src/metrics/encoders/encoders.ts";
import { acceptsGzip, chooseFormat } from "../../src/server/negotiate.ts";
import { nastyText } from "../fakes/nasty_text.ts";

const prometheus2 = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75," +
  "text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
const prometheus3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6," +
  "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4," +
  "text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
const protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

Deno.test("chooseFormat() returns OpenMetrics if it is requested by name", () => {
  for (
    const accept of [
      prometheus2,
      prometheus3,
      `${protobuf};q=0.6,${prometheus3}`,
      "application/openmetrics-text",
      "application/openmetrics-text; version=1.0.0; charset=utf-8",
      'application/openmetrics-text;version="1.0.0"',
      "APPLICATION/OpenMetrics-Text;Version=1.0.0",
      "application/openmetrics-text;version=0.0.1",
      "text/plain;q=0.5, application/openmetrics-text;q=0.5",
      "application/openmetrics-text;q=0.001",
      "application/openmetrics-text;q=abc",
      "application/openmetrics-text;version=2.0.0;q=1,application/openmetrics-text;version=1.0.0;q=0.5",
    ]
  ) assert.equal(chooseFormat(accept), "openmetrics", accept);
});

Deno.test("chooseFormat() returns text otherwise", () => {
  for (
    const accept of [
      null,
      "",
      "*/*",
      "text/plain",
      "text/plain;version=0.0.4",
      "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
      protobuf,
      "application/openmetrics-text;q=0",
      "application/openmetrics-text;q=0.4,text/plain;q=0.5",
      "application/openmetrics-text;version=2.0.0",
      "application/openmetrics-text-not",
      "application/json",
      ";;;,,,;q=",
      "\u0000",
      "=",
    ]
  ) assert.equal(chooseFormat(accept), "text", String(accept));
});

Deno.test("acceptsGzip() parses the headers of common clients", () => {
  const cases: readonly (readonly [string | null, boolean])[] = [
    ["gzip", true],
    ["gzip, deflate", true],
    ["gzip, deflate, br, zstd", true],
    ["GZIP", true],
    ["x-gzip", true],
    ["*", true],
    ["br;q=1.0, gzip;q=0.8, *;q=0.1", true],
    ["gzip;q=0.001", true],
    ["gzip;q=1.000", true],
    ["identity;q=0.5, gzip", true],
    ["gzip;q=0.5, *;q=0", true],
    ["identity;q=0, *", true],
    [null, false],
    ["", false],
    ["identity", false],
    ["br", false],
    ["gzip;q=0", false],
    ["gzip; q=0.0", false],
    ["gzip;q=0, *;q=1", false],
    ["*;q=0", false],
    ["identity, gzip;q=0.5", false],
    ["gzippo", false],
    [";q=1", false],
  ];
  for (const [header, expected] of cases) assert.equal(acceptsGzip(header), expected, String(header));
});

Deno.test("chooseFormat() and acceptsGzip() never throw, and are fast for junk", () => {
  fc.assert(fc.property(nastyText(60), (junk) => {
    assert.ok(["text", "openmetrics"].includes(chooseFormat(junk)));
    assert.equal(typeof acceptsGzip(junk), "boolean");
  }));
  for (const piece of [",", ";", "=", '"', "gzip,", ";q=0.1", " "]) {
    const long = piece.repeat(300_000);
    assert.equal(chooseFormat(long), "text");
    assert.equal(acceptsGzip(long), piece === "gzip,");
  }
});

Deno.test("ENCODERS include the versions in their content types", () => {
  const types = Object.fromEntries(Object.entries(ENCODERS).map(([name, { contentType }]) => [name, contentType]));
  assert.deepEqual(types, {
    text: "text/plain; version=0.0.4; charset=utf-8",
    openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
  });
});
