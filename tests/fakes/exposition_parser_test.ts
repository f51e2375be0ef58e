import assert from "node:assert/strict";
import { parseExposition } from "./exposition_parser.ts";

const head = "# HELP x A thing.\n# TYPE x gauge\n";

Deno.test("parseExposition() reads families and labels in the order of the page", () => {
  const page = `${head}x 1\nx{b="2",a="1"} -2.5e-3 1700000000\n` +
    "# HELP y_total Sums\n# TYPE y_total counter\ny_total +Inf\n" +
    "# TYPE none gauge\n# HELP none Not\\none \\\\ here\n";
  const families = parseExposition(page);
  assert.deepEqual(families, [
    {
      name: "x",
      help: "A thing.",
      type: "gauge",
      series: [
        { name: "x", labels: {}, value: 1 },
        { name: "x", labels: { b: "2", a: "1" }, value: -0.0025 },
      ],
    },
    {
      name: "y_total",
      help: "Sums",
      type: "counter",
      series: [{ name: "y_total", labels: {}, value: Infinity }],
    },
    { name: "none", help: "Not\none \\ here", type: "gauge", series: [] },
  ]);
  assert.deepEqual(Object.keys(families[0]?.series[1]?.labels ?? {}), [
    "b",
    "a",
  ]);
});

Deno.test("parseExposition() unescapes label values and leaves all else in them alone", () => {
  for (
    const [written, value] of [
      [String.raw`say \"hi\"`, `say "hi"`],
      [String.raw`C:\\new`, String.raw`C:\new`],
      [String.raw`one\ntwo`, "one\ntwo"],
      [String.raw`\\n`, String.raw`\n`],
      [`x{a=\\"b\\",c} 1 2`, `x{a="b",c} 1 2`],
      ["a\tb\rc\u0000d", "a\tb\rc\u0000d"],
      ["\u041a\u2028\ufffd\u{1f525}", "\u041a\u2028\ufffd\u{1f525}"],
      ["", ""],
    ] as const
  ) {
    const [family] = parseExposition(`${head}x{l="${written}"} 1\n`);
    assert.deepEqual(family?.series[0]?.labels, { l: value });
  }
});

Deno.test("parseExposition() reads every spelling of a value", () => {
  for (
    const [written, value] of [
      ["1e+18", 1e18],
      ["1.5E-7", 1.5e-7],
      ["-0", -0],
      [".5", 0.5],
      ["NaN", NaN],
      ["-Inf", -Infinity],
    ] as const
  ) {
    const [family] = parseExposition(`${head}x ${written}\n`);
    assert.equal(family?.series[0]?.value, value);
  }
});

Deno.test("parseExposition() takes the parts of histograms and summaries", () => {
  const families = parseExposition(
    '# HELP h H\n# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 2\nh_count 1\n' +
      '# HELP s S\n# TYPE s summary\ns{quantile="0.5"} 1\ns_sum 2\ns_count 1\n',
  );
  assert.deepEqual(families.map(({ series }) => series.length), [3, 3]);
});

Deno.test("parseExposition() refuses what is wrong and names the line", () => {
  for (
    const [page, message] of [
      ["# HELP x X\n# TYPE x gauge", /does not end with a line feed/],
      ["x 1\n", /Line 1: .*outside/],
      [`${head}y 1\n`, /Line 3: .*outside/],
      [`${head}x_total 1\n`, /outside/],
      [`${head}x_bucket{le="1"} 1\n`, /outside/],
      ["# HELP h H\n# TYPE h histogram\nh 1\n", /outside/],
      ["# HELP h H\n# TYPE h histogram\nh_bucket 1\n", /outside/],
      ["# HELP x X\nx 1\n", /no TYPE/],
      ["# TYPE x gauge\nx 1\n", /no HELP/],
      ["# HELP x X\n# HELP x X\n", /HELP stands twice/],
      ["# TYPE x gauge\n# TYPE x gauge\n", /TYPE stands twice/],
      ["# HELP x X\n# TYPE x info\n", /no type/],
      ["# HELP x a\\tb\n# TYPE x gauge\n", /unknown escape/],
      [`${head}x 1\n# TYPE x gauge\n`, /after the first sample/],
      [`${head}# HELP y Y\n# TYPE y gauge\n${head}`, /two blocks/],
      ["# EOF\n", /neither HELP nor TYPE/],
      [`${head}x 1\nx 1\n`, /Line 4: The series stands twice/],
      [`${head}x{a="1",b="2"} 1\nx{b="2",a="1"} 2\n`, /twice/],
      [`${head}x{a="1",a="2"} 1\n`, /Label "a" stands twice/],
      [`${head}x{a="1",} 1\n`, /comma/],
      [`${head}x{} 1\n`, /no sample/],
      [`${head}x{a=1} 1\n`, /labels are wrong/],
      [`${head}x{a="1"b="2"} 1\n`, /labels are wrong/],
      [`${head}x{a="\\t"} 1\n`, /labels are wrong/],
      [`${head}x{a="b"c"} 1\n`, /labels are wrong/],
      [`${head}x{a="1\n2"} 1\n`, /no sample/],
      [`${head}x{a-b="1"} 1\n`, /labels are wrong/],
      [`${head}x\n`, /no sample/],
      [`${head}x  1\n`, /no sample/],
      [`${head}x 1 1.5\n`, /no sample/],
      [`${head}x 0x1\n`, /no value/],
      [`${head}x Infinity\n`, /no value/],
      [`${head}x 1_000\n`, /no value/],
      [`${head}x 1\r\n`, /no sample/],
      ["# HELP c C\n# TYPE c counter\nc -1\n", /never negative/],
      ["# HELP c C\n# TYPE c counter\nc NaN\n", /never NaN/],
    ] as const
  ) {
    assert.throws(
      () => parseExposition(page),
      (error) => error instanceof SyntaxError && message.test(error.message),
      page,
    );
  }
});
