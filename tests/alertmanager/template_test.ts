import assert from "node:assert/strict";
import { formatGeneral, formatShortest, formatWhole, humanizeDuration } from "../../src/alertmanager/go_format.ts";
import { parseTemplate } from "../../src/alertmanager/template.ts";

/** Renders a template of a wallet that holds a value. */
function render(text: string, value = 1.5): string {
  const labels = new Map([["label", "bridge"]]);
  return parseTemplate(text, new Set(["coin"]))({ labels, value, placeholders: new Map([["coin", " ETH"]]) });
}

Deno.test("a template has labels, the value, placeholders and conditions", () => {
  assert.equal(render("Wallet {{ $labels.label }} holds @amount@@coin@."), "Wallet bridge holds 1.5 ETH.");
  assert.equal(render("{{ $labels.none }}{{$value}}"), "1.5");
  assert.equal(render("{{ if $value }}a {{ $value }}{{ else }}b{{ end }}."), "a 1.5.");
  assert.equal(render("{{ if $value }}a{{ else }}b{{ end }}.", 0), "b.");
  assert.equal(render("{{ if $value }}a{{ end }}.", 0), ".");
  assert.equal(render('{{ $value | printf "%.6g" }} {{ $value | humanizePercentage }}', 0.25), "0.25 25%");
  assert.equal(render("@amount@", 12_345_678.5), "12345678");
});

Deno.test("parseTemplate() refuses what it cannot render", () => {
  for (
    const text of [
      "{{ $value | humanize }}",
      '{{ with printf "x" | query }}{{ end }}',
      "{{ . }}",
      "@threshold@",
      "{{ if $value }}a",
      "a{{ end }}",
      "{{ $value",
      "{{- $value }}",
      '{{ $value | printf "%s" }}',
    ]
  ) assert.throws(() => parseTemplate(text, new Set(["coin"])), SyntaxError, text);
});

// The rest is compared with promtool, in tests/rules.
Deno.test("numbers that are no amounts are printed as Go does", () => {
  assert.deepEqual([NaN, Infinity, -Infinity, -0, -1.5].map(formatShortest), ["NaN", "+Inf", "-Inf", "-0", "-1.5"]);
  assert.deepEqual([-0.00001, -1234567].map((value) => formatGeneral(value, 6)), ["-1e-05", "-1.23457e+06"]);
  assert.deepEqual([0.4, 0.5, 1.5, 2.5, -2.5].map(formatWhole), ["0", "0", "2", "2", "-2"]);
  assert.deepEqual([NaN, -61, -0.5, 1e-30].map(humanizeDuration), ["NaN", "-1m 1s", "-500ms", "1e-06ys"]);
});
