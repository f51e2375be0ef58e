import assert from "node:assert/strict";
import fc from "fast-check";
import { pythonText } from "../../../src/config/v1/label_text.ts";

/** From the contract with the original, and its neighbours. */
const TABLE = [
  ["1.0", "1.0"],
  ["5", "5"],
  ["0.00001", "1e-05"],
  ["1e16", "1e+16"],
  ["1e22", "1e+22"],
  ["100.00", "100.0"],
  ["0", "0"],
  ["-0", "0"],
  ["-0.0", "-0.0"],
  ["0.0", "0.0"],
  ["-1", "-1"],
  ["-0.5", "-0.5"],
  ["1.50", "1.5"],
  ["0.0001", "0.0001"],
  ["0.00012345", "0.00012345"],
  ["0.000099999", "9.9999e-05"],
  ["1e-7", "1e-07"],
  ["1.5E-10", "1.5e-10"],
  ["1e-100", "1e-100"],
  ["5e-324", "5e-324"],
  ["1e-400", "0.0"],
  ["-1e-400", "-0.0"],
  ["1e0", "1.0"],
  ["1e15", "1000000000000000.0"],
  ["9999999999999998.0", "9999999999999998.0"],
  ["9999999999999999.9", "1e+16"],
  ["123456789012345680.0", "1.2345678901234568e+17"],
  ["1.7976931348623157e308", "1.7976931348623157e+308"],
  ["1e400", "inf"],
  ["-1e400", "-inf"],
  ["9007199254740993", "9007199254740993"],
  ["10000000000000000000000", "10000000000000000000000"],
  ["0.1000000000000000055511151231257827", "0.1"],
  ["0.30000000000000004", "0.30000000000000004"],
] as const;

for (const [source, text] of TABLE) {
  Deno.test(`pythonText() writes ${source} as ${text}`, () => assert.equal(pythonText(source), text));
}

/** How a JSON file may spell a double: as JavaScript does, with an exponent, or with all its digits. */
const spelledFloat = fc.tuple(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom("plain", "exponent", "long", "capital"),
).map(([value, spelling]) => {
  const exponential = Object.is(value, -0) ? "-0e+0" : value.toExponential();
  if (spelling === "exponent") return exponential;
  if (spelling === "capital") return exponential.toUpperCase();
  if (spelling === "long" && Math.abs(value) < 1e21) return value.toFixed(100);
  const plain = Object.is(value, -0) ? "-0.0" : String(value);
  return /^-?\d+$/.test(plain) ? `${plain}.0` : plain;
});

Deno.test("pythonText() of a float reads back as the same double", () => {
  fc.assert(fc.property(spelledFloat, (source) => {
    assert.ok(Object.is(Number(pythonText(source)), Number(source)), `${source} gives ${pythonText(source)}`);
  }));
});

Deno.test("pythonText() of a float has the shape of Python's repr", () => {
  fc.assert(fc.property(spelledFloat, (source) => {
    const magnitude = Math.abs(Number(source));
    const text = pythonText(source);
    const scientific = magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16);
    if (scientific) assert.match(text, /^-?\d(\.\d*[1-9])?e[+-](0\d|[1-9]\d{1,2})$/);
    else assert.match(text, /^-?(0|[1-9]\d{0,15})\.(0|\d*[1-9])$/);
    assert.equal(text.startsWith("-"), Number(source) < 0 || Object.is(Number(source), -0));
  }));
});

Deno.test("pythonText() of a float is no longer than any other text that reads back the same", () => {
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: 1e-300 }), (value) => {
    const digits = pythonText(value.toExponential()).replace(/e.*$/, "").replace(".", "").replace(/^0+|0+$/g, "");
    for (let precision = 1; precision < digits.length; precision++) {
      assert.notEqual(Number(value.toPrecision(precision)), value);
    }
  }));
});

Deno.test("pythonText() leaves an integer as it is, whatever its size", () => {
  fc.assert(fc.property(fc.bigInt({ min: -(10n ** 80n), max: 10n ** 80n }), (value) => {
    assert.equal(pythonText(String(value)), String(value));
  }));
});

Deno.test("pythonText() agrees with the Python of this machine", async (t) => {
  const sources = [
    ...TABLE.map(([source]) => source),
    ...fc.sample(spelledFloat, 400),
    ...fc.sample(fc.bigInt(-(10n ** 40n), 10n ** 40n).map(String), 50),
  ];
  const reported = await askPython(sources);
  if (reported === undefined) {
    const why = "LEFT OUT: no python3 on PATH, so pythonText() was not compared with the real Python";
    assert.equal(Deno.env.get("CI_REQUIRE_TOOLS"), undefined, why);
    await Deno.stderr.write(new TextEncoder().encode(`${why}\n`));
    return;
  }
  await t.step(`in ${sources.length} numbers`, () => assert.deepEqual(sources.map(pythonText), reported));
});

const PROGRAM = "import json, sys; print(json.dumps([str(json.loads(x)) for x in json.load(sys.stdin)]))";

async function askPython(sources: readonly string[]): Promise<readonly string[] | undefined> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("python3", { args: ["-c", PROGRAM], stdin: "piped", stdout: "piped" }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(sources)));
  await writer.close();
  const { stdout } = await child.output();
  return JSON.parse(new TextDecoder().decode(stdout));
}
