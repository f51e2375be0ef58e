import assert from "node:assert/strict";
import { encodeFunctionData, parseAbi } from "viem/utils";
import { View } from "../../../src/assets/view.ts";
import type { NetworkConfig, TokenConfig } from "../../../src/config/model/config.ts";
import { ConfigError } from "../../../src/config/model/problem.ts";
import { readConfig } from "../../../src/config/read_config.ts";
import { makePlan } from "../../../src/plan/make_plan.ts";
import { addressOf } from "../../fakes/watched.ts";

const CONTRACT = addressOf(9);
const HOLDER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

function text(views: readonly string[], rest = ""): string {
  return `
version: 2
defaults: { labels: { team: rpc } }
networks:
  - name: n
    endpoints: [http://localhost:8545]
    tokens: [{ symbol: USDC, address: "${addressOf(8)}" }]
    views: [${views.map((view) => `{ name: v, address: "${CONTRACT}", ${view} }`).join(", ")}]
    ${rest}
`;
}

async function networkOf(...views: readonly string[]): Promise<NetworkConfig> {
  const { networks: [network], problems } = await readConfig(text(views), "test", {
    env: () => undefined,
    file: undefined,
  });
  assert.ok(network !== undefined);
  assert.deepEqual(problems.filter(({ severity }) => severity !== "notice"), []);
  return network;
}

async function viewOf(view: string): Promise<TokenConfig> {
  const { tokens = [], contracts = [] } = await networkOf(view);
  const found = tokens.at(1) ?? contracts[0]?.token;
  assert.ok(found !== undefined);
  return found;
}

/** The data of the call for a holder. */
async function dataOf(view: string): Promise<string> {
  const { view: call } = await viewOf(view);
  assert.ok(call !== undefined);
  const request = new View(CONTRACT, call).request(HOLDER);
  assert.ok(request.type === "view");
  return `0x${request.functionSelector}${request.argument}`;
}

async function problemsOf(view: string, rest?: string): Promise<string> {
  try {
    const { problems } = await readConfig(text([view], rest), "test", { env: () => undefined, file: undefined });
    return problems.map(({ message }) => message).join("\n");
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.problems.map(({ path, message, advice }) =>
      `${path.replace("networks[0].", "")}: ${message}. ${advice}`
    )
      .join("\n");
  }
}

Deno.test("readViews() encodes arguments as viem does, with each wallet's address in its place", async () => {
  const cases = [
    ["getBalance(uint256)", "[5]", [5n]],
    ["getBalance(uint)", `["${2n ** 255n}"]`, [2n ** 255n]],
    ["allowance(address owner, address spender)", `[wallet, "${CONTRACT}"]`, [HOLDER, CONTRACT]],
    ["allowance(address,address)", `["${CONTRACT}", wallet]`, [CONTRACT, HOLDER]],
    ["f(address,address,uint8)", "[wallet, wallet, 255]", [HOLDER, HOLDER, 255]],
    ["f(string,address,bool)", '["wallet", wallet, true]', ["wallet", HOLDER, true]],
    ["f(int256,bytes32,bytes)", `[-1, "0x${"ab".repeat(32)}", "0x1234"]`, [-1n, `0x${"ab".repeat(32)}`, "0x1234"]],
    ["f(int64)", '["0x7f"]', [127n]],
    ["f()", "[]", []],
    ["function f(bool) external view", "[false]", [false]],
  ] as const;
  for (const [call, args, values] of cases) {
    const item = `function ${call.replace("function ", "").replace(" external view", "")}`;
    const abi = parseAbi([item]) as never;
    const expected = encodeFunctionData({ abi, args: values } as never);
    assert.equal(await dataOf(`call: "${call}", args: ${args}`), (expected as string).toLowerCase(), call);
  }
});

Deno.test("readViews() knows which word is the value, and which values its type has", async () => {
  const answerOf = async (view: string): Promise<unknown> => {
    const { answer, limit } = (await viewOf(view)).view ?? {};
    return [answer, limit];
  };
  const open = (word: number, words: number, isOpen = true) => ({ word, words, isOpen });
  assert.deepEqual(await answerOf('call: "f()"'), [undefined, undefined]);
  assert.deepEqual(await answerOf('call: "f()", word: 2'), [open(2, 3), undefined]);
  assert.deepEqual(await answerOf('call: "f() returns (uint256)"'), [undefined, undefined]);
  assert.deepEqual(await answerOf('call: "f() view returns (uint96 balance)"'), [undefined, 2n ** 96n]);
  assert.deepEqual(await answerOf('call: "f() returns (int256)"'), [undefined, 2n ** 255n]);
  assert.deepEqual(await answerOf('call: "f() returns (bool)"'), [undefined, 2n]);
  assert.deepEqual(await answerOf('call: "f() returns (address, uint, uint64[3])", word: 3'), [
    open(3, 5, false),
    2n ** 64n,
  ]);
  assert.deepEqual(await answerOf('call: "f() returns (uint96, uint64, address, address[])"'), [open(0, 4), 2n ** 96n]);
  const limited = new View(CONTRACT, { signature: "", functionSelector: "", argumentParts: [""], limit: 4n });
  assert.deepEqual([limited.judge(3n), limited.judge(4n)], [3n, "bad_value"]);
});

Deno.test("a view without the wallet belongs to its contract, with its own thresholds, in one shard", async () => {
  const config = await readConfig(
    text(['call: "f()", decimals: 6, thresholds: { minimum: 2, critical: 0.5 }']),
    "test",
    { env: () => undefined, file: undefined },
  );
  assert.deepEqual(config.problems, []);
  const [network] = makePlan(config).networks;
  const [contract] = network?.contracts ?? [];
  const [token] = contract?.tokens ?? [];
  assert.deepEqual([contract?.address, contract?.label, contract?.labels], [CONTRACT, "v", { team: "rpc" }]);
  assert.deepEqual([token?.token.symbol, token?.token.decimals], ["v", 6]);
  assert.deepEqual(token?.thresholds, { minimum: "2", critical: "0.5" });
  assert.equal(network?.accounts[0], token?.account);
  assert.deepEqual(network?.wallets, []);
  const shards = [0, 1, 2].map((index) => makePlan(config, { index, of: 3 }).networks[0]?.contracts?.length ?? 0);
  const sharded = [0, 1, 2].map((index) =>
    makePlan({ ...config, isSharded: true }, { index, of: 3 }).networks[0]?.contracts?.length ?? 0
  );
  assert.deepEqual([shards.toSorted(), sharded], [[0, 0, 1], shards]);
});

Deno.test("a view of wallets is read like a token, for all or for those that name it", async () => {
  const wallets = `wallets: [{ address: "${HOLDER}", label: a, tokens: { v: { minimum: 1 } } }, { address: "${
    addressOf(1)
  }", label: b }]`;
  for (
    const [which, held] of [["all", [["USDC", "v"], ["USDC", "v"]]], ["named", [["USDC", "v"], ["USDC"]]]] as const
  ) {
    const view = `call: "f(address)", args: [wallet], wallets: ${which}`;
    const config = await readConfig(text([view], wallets), "test", { env: () => undefined, file: undefined });
    const [network] = makePlan(config).networks;
    assert.deepEqual(network?.wallets.map(({ tokens }) => tokens.map(({ token }) => token.symbol)), held);
    assert.deepEqual(network?.wallets[0]?.tokens[1]?.thresholds, { minimum: "1" });
  }
});

Deno.test("readViews() says what is wrong with a view, and what to do", async () => {
  const cases = [
    ["call: 5", /call: Must be a function such as getBalance\(uint256\)/],
    ['call: "getBalance"', /views\[0\]\.call: Invalid function\. Write its name and types, such as/],
    ['call: "f(uint256) return (bool)", args: [1]', /Invalid function\. Write its name/],
    [
      'call: "f(uint256[])", args: [1]',
      /call: Invalid type uint256\[\] of an argument\. Use types such as .*without lists/,
    ],
    ['call: "f(unit256)", args: [1]', /call: Invalid type unit256 of an argument\. Did you mean uint256\? Use types/],
    [`call: "f(0x${"1".repeat(64)})", args: [1]`, /call: Invalid type of an argument\. Use/],
    ['call: "f(uint256)"', /args: The function has 1 argument, found 0/],
    ['call: "f()", args: [1]', /args: The function has 0 arguments, found 1/],
    ['call: "f(uint8)", args: [256]', /args\[0\]: Must be a whole number, in quotes if it is long, of the type uint8/],
    ['call: "f(uint256)", args: [-1]', /args\[0\]: Must be a whole number/],
    ['call: "f(uint256)", args: [1.5]', /args\[0\]: Must be a whole number/],
    ['call: "f(uint256)", args: [wallet]', /args\[0\]: Must be a whole number/],
    ['call: "f(uint256)", args: [12345678901234567890]', /args\[0\]: .*digits/],
    ['call: "f(bool)", args: ["true"]', /args\[0\]: Must be true or false, of the type bool/],
    ['call: "f(address)", args: [true]', /args\[0\]: Must be wallet, or 0x followed by 40 hex digits/],
    ['call: "f(address)", args: [Wallet]', /args\[0\]: Must be wallet, or 0x followed by 40 hex digits/],
    [`call: "f(address)", args: ["${CONTRACT.slice(2, 40)}"]`, /args\[0\]: Invalid address.*Found 38 characters/],
    ['call: "f(address)", args: ["0x12"]', /args\[0\]: Invalid address: expected 0x/],
    ['call: "f(bytes32)", args: ["0x1234"]', /args\[0\]: Must be 0x followed by hex digits, of the type bytes32/],
    ['call: "f(bytes)", args: ["0x123"]', /args\[0\]: Must be 0x followed by hex digits/],
    [`call: "f(string)", args: ["${"x".repeat(2001)}"]`, /args\[0\]: Must be a string of at most 2000 characters/],
    ['call: "f()", args: [[1]]', /args\[0\]: Must be wallet, or a string, number or boolean/],
    ['call: "f()", word: 64', /word: Must be a whole number from 0 to 63/],
    ['call: "f() returns (uint256)", word: 1', /word: The answer has one word, found word 1/],
    ['call: "f() returns (uint256, bool)", word: 2', /word: The answer has the words 0 to 1, found word 2/],
    ['call: "f() returns (address)"', /call: Word 0 of the answer is not a number: address/],
    ['call: "f() returns (uint8, string)", word: 1', /word: Word 1 of the answer is not a number: string/],
    ['call: "f() returns (tuple)"', /call: Invalid type tuple of an answer\. Use types without structs/],
    ['call: "f() returns (unit96)"', /call: Invalid type unit96 of an answer\. Did you mean uint96\?/],
    ['call: "f() returns ()"', /call: Invalid types of the answer/],
    ['call: "f() returns (uint8[65])"', /call: Invalid types of the answer/],
    ['call: "f()", wallets: all', /wallets: A view without the argument wallet belongs to its contract.*Remove it/],
    ['call: "f(address)", args: [wallet], thresholds: {}', /thresholds: .*Set them in wallets\[\]\.tokens/],
    ['call: "f()", thresholds: { minimum: 5, critical: 6 }', /Threshold critical is higher than minimum/],
    ['call: "f()", adress: x', /Unknown key "adress"/],
  ] as const;
  for (const [view, expected] of cases) assert.match(await problemsOf(view), expected, view);
  assert.match(await problemsOf('call: "f()", name: USDC'.replace("call", "call")), /Duplicate key/);
  const twice = `call: "f()" }, { name: v, address: "${CONTRACT}", call: "g()"`;
  assert.match(await problemsOf(twice), /views\[1\]\.name: Duplicate name: another view or token/);
  const named = `wallets: [{ address: "${HOLDER}", label: a, tokens: { v: {} } }]`;
  assert.match(
    await problemsOf('call: "f()"', named),
    /wallets\[0\]\.tokens\.v: This view belongs to its contract: it has no argument wallet\. Set thresholds in the view/,
  );
});

Deno.test("two configurations with the same view make equal plans, and others do not", async () => {
  const { isSamePlan } = await import("../../../src/poller/carry_over.ts");
  const planOf = async (view: string) => {
    const config = await readConfig(text([view]), "test", { env: () => undefined, file: undefined });
    const [network] = makePlan(config).networks;
    assert.ok(network !== undefined);
    return network;
  };
  const view = 'call: "f(uint8) returns (uint8)", args: [1]';
  assert.ok(isSamePlan(await planOf(view), await planOf(view)));
  for (const other of ["[2]", "[1], decimals: 3"]) {
    assert.ok(!isSamePlan(await planOf(view), await planOf(view.replace("[1]", other))), other);
  }
});
