import assert from "node:assert/strict";
import { countRejected, reportProblems } from "../../src/cli/report_problems.ts";
import { readV1 } from "../../src/config/v1/read_v1.ts";
import { configureLog } from "../../src/util/log.ts";
import { makePlan } from "../../src/plan/make_plan.ts";

const GOOD = '{"address": "0x1111111111111111111111111111111111111111", "label": "w"}';

/** What is logged of a configuration at start. */
function logged(text: string): readonly string[] {
  const config = readV1(text, "test");
  const lines: string[] = [];
  configureLog({ write: (line) => lines.push(line) });
  reportProblems(config, makePlan(config));
  configureLog({ write: () => {} });
  return lines;
}

Deno.test("reportProblems() logs every problem at its level, with its place", () => {
  const lines = logged(`{"http://a/1": [${GOOD}, 5], "http://a/2": [${GOOD}], "http://a/2": []}`);
  assert.match(
    lines[0] ?? "",
    /level=error .*line=1 column=\d+ path=a\[1\] problem="A wallet must be an object, found a number"/,
  );
  assert.ok(lines.some((line) => /level=warn .*stands here twice/.test(line)), lines.join(""));
  assert.match(
    lines.at(-1) ?? "",
    /level=warn msg="Two networks have one name" advice="Another network is called a too; this one is a_2/,
  );
});

Deno.test("reportProblems() does not flood the log", () => {
  const lines = logged(`{"http://a": [${new Array(500).fill("5").join()}]}`);
  assert.equal(lines.length, 51);
  assert.match(lines.at(-1) ?? "", /the command check prints all" problems=500/);
});

Deno.test("reportProblems() leaves out no error for a warning", () => {
  const warned = GOOD.replace("}", ', "min_balance": 1}');
  const lines = logged(`{"http://a": [${new Array(60).fill(warned).join()}, 5]}`);
  assert.ok(lines.some((line) => /level=error .*A wallet must be an object/.test(line)), lines[0]);
});

Deno.test("countRejected() counts an entry once, however much is wrong with it", () => {
  const count = (text: string): number => countRejected(readV1(text, "test").problems);
  assert.equal(count(`{"http://a": [${GOOD}]}`), 0);
  assert.equal(count('{"http://a": [{"label": true, "address": "x", "min_balance_eth": "y"}]}'), 1);
  assert.equal(count('{"http://a": [{"label": true, "address": "x"}, {"address": "y"}, 5]}'), 3);
  assert.equal(count('{"http://a/1": [{"address": "x"}], "http://a/2": [{"address": "x"}]}'), 2);
  assert.equal(count(`{"ws://a": [${GOOD}], "http://b": {}}`), 2);
});
