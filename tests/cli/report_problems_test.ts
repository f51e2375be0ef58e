import assert from "node:assert/strict";
import { countRejected, reportProblems, reportRefusal } from "../../src/cli/report_problems.ts";
import { readV1 } from "../../src/config/v1/read_v1.ts";
import { configureLog } from "../../src/util/log.ts";
import { makePlan } from "../../src/plan/make_plan.ts";
import { readConfig } from "../../src/config/read_config.ts";
import { refuseShrink, sizesOf } from "../../src/config/model/shrink.ts";
import { EXIT, ExitError } from "../../src/util/errors.ts";
import { catchLog, type LogLines } from "../fakes/log_lines.ts";

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
  assert.ok(lines.some((line) => /level=warn .*Duplicate RPC URL/.test(line)), lines.join(""));
  assert.match(
    lines.at(-1) ?? "",
    /level=warn msg="Duplicate network name" problem="Two networks are called a: the later one is a_2/,
  );
});

Deno.test("reportProblems() logs as info what is only worth knowing", () => {
  const lines = logged('{"http://node.example": []}');
  assert.equal(lines.length, 1);
  for (const line of lines) assert.match(line, /level=info msg="Configuration notice" /);
  assert.match(logged("{}").join(""), /level=warn msg="Configuration warning" .*No network is configured/);
});

Deno.test("reportProblems() logs at most 50 problems", () => {
  const lines = logged(`{"http://a": [${new Array(500).fill("5").join()}]}`);
  assert.equal(lines.length, 51);
  assert.match(lines.at(-1) ?? "", /msg="More configuration problems than logged" problems=500/);
});

Deno.test("reportProblems() drops warnings before errors", () => {
  const warned = GOOD.replace("}", ', "min_balance": 1}');
  const lines = logged(`{"http://a": [${new Array(60).fill(warned).join()}, 5]}`);
  assert.ok(lines.some((line) => /level=error .*A wallet must be an object/.test(line)), lines[0]);
});

Deno.test("countRejected() counts an entry once, whatever the number of its errors", () => {
  const count = (text: string): number => countRejected(readV1(text, "test").problems);
  assert.equal(count(`{"http://a": [${GOOD}]}`), 0);
  assert.equal(count('{"http://a": [{"label": true, "address": "x", "min_balance_eth": "y"}]}'), 1);
  assert.equal(count('{"http://a": [{"label": true, "address": "x"}, {"address": "y"}, 5]}'), 3);
  assert.equal(count('{"http://a/1": [{"address": "x"}], "http://a/2": [{"address": "x"}]}'), 2);
  assert.equal(count(`{"ws://a": [${GOOD}], "http://b": {}}`), 2);
});

const REFUSED = { error: "Refused", summary: "Reload failed" };

async function refusal(text: string, log: LogLines): Promise<readonly [LogLines["lines"], string]> {
  try {
    await readConfig(text, "wallets.yaml", { env: () => undefined, file: undefined });
  } catch (error) {
    const message = reportRefusal(error, REFUSED);
    return [log.lines, message];
  }
  throw new Error("It was accepted");
}

const WALLET =
  '{ address: "0x1111111111111111111111111111111111111111", label: a, thresholds: { minimum: 2, target: 1 } }';

Deno.test("M1: reportRefusal() logs every error with its place, and no warnings", async () => {
  using log = catchLog();
  const [lines, message] = await refusal(
    `version: 2\nnetworks:\n  - name: m\n    endpoints: ["http://YOUR-API-KEY/"]\n    wallets: [${WALLET}]\n    chain: 1\n    rpc: 2\n`,
    log,
  );
  assert.deepEqual(
    lines.map(({ level, msg, source, line, column, path }) => [level, msg, source, line, column, path]),
    [
      ["error", "Refused", "wallets.yaml", 6, 5, "networks[0].chain"],
      ["error", "Refused", "wallets.yaml", 7, 5, "networks[0].rpc"],
      ["error", "Reload failed", undefined, undefined, undefined, undefined],
    ],
  );
  assert.deepEqual([lines[2]?.["errors"], lines[2]?.["logged"], lines[2]?.["advice"]], [2, 2, undefined]);
  assert.equal(lines[0]?.["problem"], 'Unknown key "chain"');
  assert.match(message, /^wallets\.yaml:6:5: error: .*\nwallets\.yaml:7:5: error: .*$/);
});

Deno.test("M1: reportRefusal() logs the first five errors and how many there are", async () => {
  using log = catchLog();
  const unknown = Array.from({ length: 12 }, (_, index) => `k${index}: 1\n`).join("");
  const [lines, message] = await refusal(`version: 2\nnetworks: []\n${unknown}`, log);
  assert.equal(lines.length, 6);
  assert.deepEqual([lines[5]?.["errors"], lines[5]?.["logged"]], [12, 5]);
  assert.match(String(lines[5]?.["advice"]), /command check/);
  assert.equal(message.split("\n").length, 12);
});

Deno.test("M1: reportRefusal() logs an error without a place, with its advice", () => {
  using log = catchLog();
  const message = reportRefusal(new ExitError(EXIT.refused, "It is gone", "Put it back"), REFUSED);
  assert.equal(message, "It is gone. Put it back");
  assert.equal(log.lines[0]?.["problem"], "It is gone. Put it back");
});

Deno.test("M1: reportRefusal() logs the rejected entries after the error that they caused", async () => {
  using log = catchLog();
  const entries = Array.from({ length: 12 }, (_, index) => ({ address: "0x12", label: `w${index}`, note: index }));
  const config = await readConfig(JSON.stringify({ "http://node": entries }), "wallets.json", {
    env: () => undefined,
    file: undefined,
  });
  const before = { whole: 12, lists: new Map() };
  let message = "";
  try {
    refuseShrink(before, sizesOf(config), config);
  } catch (error) {
    message = reportRefusal(error, REFUSED);
  }
  assert.equal(log.lines.length, 6);
  assert.match(String(log.lines[0]?.["problem"]), /^The configuration shrank: it has no wallets, and had 12\. /);
  assert.deepEqual(
    log.lines.slice(1, 5).map(({ path, problem }) => [path, problem]),
    [0, 1, 2, 3].map((index) => [`node[${index}].address`, "Invalid address: expected 0x followed by 40 hex digits"]),
  );
  assert.deepEqual([log.lines[5]?.["errors"], log.lines[5]?.["logged"]], [13, 5]);
  assert.equal(message.split("\n").length, 13);
});
