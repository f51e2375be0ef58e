import { accountOf } from "../../fakes/accounts.ts";
import assert from "node:assert/strict";
import { confirmChainId, readChainId } from "../../../src/evm/strategies/chain_id.ts";
import type { ChainMethod } from "../../../src/evm/strategies/strategy_selector.ts";
import type { Reason } from "../../../src/jsonrpc/errors.ts";
import { createFakeClock, type FakeClock } from "../../fakes/fake_clock.ts";
import { accountsOf, type OpenPool, openPool } from "../../fakes/open_pool.ts";
import { hang, type Item, startLocalNode } from "../../fakes/fake_node.ts";

const [ACCOUNT = ""] = accountsOf(1);
const TOKEN = `0x${"f".repeat(40)}`;

function open(chainMethod: ChainMethod): OpenPool & { readonly clock: FakeClock } {
  const clock = createFakeClock();
  const pool = openPool(["http://127.0.0.1:9001/"], { accounts: [ACCOUNT], clock });
  pool.poolEndpoint.selector.chainMethod = chainMethod;
  return Object.assign(pool, { clock });
}

/** Reads the chain id where `eth_chainId` is answered so. */
async function read(known: ChainMethod, answer: () => unknown): Promise<readonly [chain: unknown, known: ChainMethod]> {
  using pool = open(known);
  using _ = startLocalNode({ answer });
  const chain = await readChainId(pool.poolEndpoint, pool.limits).catch(({ reason }) => reason);
  return [chain, pool.poolEndpoint.selector.chainMethod];
}

const refuse = (): never => {
  throw new Error("boo");
};
const status = (code: number) => (): never => {
  throw new Response("", { status: code });
};

Deno.test("readChainId() notes that the chain is reported", async () => {
  for (const known of ["unasked", "failed", "waived"] as const) {
    assert.deepEqual(await read(known, () => "0x5"), [5, "answered"]);
  }
});

Deno.test("readChainId() notes that it failed, unless more is known", async () => {
  assert.deepEqual(await read("unasked", refuse), ["rpc_error", "failed"]);
  for (const known of ["failed", "answered", "waived"] as const) {
    assert.deepEqual(await read(known, refuse), ["rpc_error", known]);
  }
});

Deno.test("readChainId() learns nothing where the endpoint was not reached, or throttles", async () => {
  const rows: readonly [code: number, reason: Reason, known: ChainMethod][] = [
    [402, "quota", "unasked"],
    [403, "auth", "failed"],
    [404, "http_client", "failed"],
    [429, "throttled", "unasked"],
    [407, "proxy", "unasked"],
    [302, "redirect", "unasked"],
    [503, "http_server", "failed"],
  ];
  for (const [code, reason, known] of rows) assert.deepEqual(await read("unasked", status(code)), [reason, known]);
});

const FAULTS: Readonly<Record<string, string>> = {
  denied: 'Requires net access to "127.0.0.1:9001"',
  connect: "client error (Connect): tcp connect error: Connection refused (os error 111)",
  dns: "client error (Connect): dns error: failed to lookup address information: Name or service not known",
  tls: "client error (Connect): invalid peer certificate: UnknownIssuer",
};

Deno.test("readChainId() learns nothing where there is no connection", async () => {
  for (const [reason, message] of Object.entries(FAULTS)) {
    using pool = open("unasked");
    using _ = startLocalNode({
      instead: () => Promise.reject(new TypeError(`error sending request for url: ${message}`)),
    });
    await assert.rejects(readChainId(pool.poolEndpoint, pool.limits), { reason });
    assert.equal(pool.poolEndpoint.selector.chainMethod, "unasked", reason);
  }
});

Deno.test("readChainId() learns nothing from a fault of ours", async () => {
  using pool = open("unasked");
  Object.defineProperty(pool.poolEndpoint.endpoint, "pacer", {
    get(): never {
      throw new RangeError("boo");
    },
  });
  await assert.rejects(readChainId(pool.poolEndpoint, pool.limits), RangeError);
  assert.equal(pool.poolEndpoint.selector.chainMethod, "unasked");
});

interface Confirmed {
  readonly chain: unknown;
  readonly known: ChainMethod;
  readonly asked: readonly string[];
}

async function confirm(
  known: ChainMethod,
  chainId: () => unknown,
  { balance = (): unknown => "0x7", account = ACCOUNT }: { balance?: () => unknown; account?: string } = {},
): Promise<Confirmed> {
  using pool = open(known);
  using node = startLocalNode({ answer: ({ method }: Item) => method === "eth_chainId" ? chainId() : balance() });
  const chain = await confirmChainId(pool.poolEndpoint, accountOf(account), pool.limits).catch(({ reason }) => reason);
  const asked = node.seen.flatMap(({ items }) => items).map(({ method, params }) => [method, ...params].join(" "));
  return { chain, known: pool.poolEndpoint.selector.chainMethod, asked };
}

const BALANCE = `eth_getBalance ${ACCOUNT} latest`;

Deno.test("confirmChainId() waives the chain id where it fails again right after a balance", async () => {
  const both = [BALANCE, "eth_chainId"];
  assert.deepEqual(await confirm("unasked", () => "0x5"), { chain: 5, known: "answered", asked: both });
  assert.deepEqual(await confirm("unasked", refuse), { chain: "rpc_error", known: "failed", asked: both });
  assert.deepEqual(await confirm("failed", refuse), { chain: undefined, known: "waived", asked: both });
  assert.deepEqual(await confirm("failed", () => "0x5"), { chain: 5, known: "answered", asked: both });
  assert.deepEqual(await confirm("answered", refuse), { chain: "rpc_error", known: "answered", asked: both });
  assert.deepEqual(await confirm("waived", refuse), { chain: undefined, known: "waived", asked: [BALANCE] });
});

Deno.test("confirmChainId() waives nothing where the endpoint throttles, or returns no balance", async () => {
  assert.deepEqual((await confirm("failed", status(429))).known, "failed");
  const broken = await confirm("failed", refuse, { balance: refuse });
  assert.deepEqual(broken, { chain: "rpc_error", known: "failed", asked: [BALANCE] });
});

Deno.test("confirmChainId() requests the native balance of a token's contract where there are tokens only", async () => {
  const { asked } = await confirm("failed", refuse, { account: `${TOKEN}/${ACCOUNT}` });
  assert.equal(asked[0], `eth_getBalance ${TOKEN} latest`);
});

Deno.test("confirmChainId() waits half of what is left where the method hangs", async () => {
  using pool = open("failed");
  using _ = startLocalNode({
    answer({ method }, request): unknown {
      if (method === "eth_chainId") throw hang(request);
      return "0x7";
    },
  });
  const { limits } = pool;
  let isOver = false;
  const confirming = confirmChainId(pool.poolEndpoint, accountOf(ACCOUNT), { ...limits, timeout: 1_000_000 }).then(
    (chain) => {
      isOver = true;
      return chain;
    },
  );
  const half = limits.deadline.remaining() / 2;
  await pool.clock.advance(half - 1);
  assert.equal(isOver, false);
  await pool.clock.advance(1);
  assert.deepEqual([await confirming, pool.poolEndpoint.selector.chainMethod], [undefined, "waived"]);
});
