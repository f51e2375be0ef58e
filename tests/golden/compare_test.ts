import assert from "node:assert/strict";
import { compareSeries } from "./compare.ts";

const now = 1_800_000_000;
const labels = { address: "0x1", network: "n" };

Deno.test("compareSeries() finds no difference between equal sets", () => {
  const expected = [
    { name: "wei", labels, value: "1e+012" },
    { name: "time", labels: {}, value: "{{TIME}}" },
  ];
  const found = [
    { name: "time", labels: {}, value: now - 10 },
    { name: "wei", labels: { network: "n", address: "0x1" }, value: 1e12 },
  ];
  assert.deepEqual(compareSeries(expected, found, now), []);
});

Deno.test("compareSeries() reports missing, different and unexpected series", () => {
  const expected = [
    { name: "wei", labels, value: "1.0" },
    { name: "eth", labels, value: "1.0" },
    { name: "old", labels: {}, value: "{{TIME}}" },
    { name: "nan", labels: {}, value: "1.0" },
  ];
  const found = [
    { name: "wei", labels, value: 2 },
    { name: "old", labels: {}, value: now - 1000 },
    { name: "nan", labels: {}, value: NaN },
    { name: "wei", labels: { ...labels, network: "other" }, value: 1 },
  ];
  assert.deepEqual(compareSeries(expected, found, now), [
    'different   wei{address="0x1",network="n"} 2 instead of 1.0',
    'missing     eth{address="0x1",network="n"} 1.0',
    "different   old{} 1799999000 instead of {{TIME}}",
    "different   nan{} NaN instead of 1.0",
    'unexpected  wei{address="0x1",network="other"} 1',
  ]);
});
