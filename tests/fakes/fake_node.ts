import { answerPackedCall } from "./answer_call.ts";
import { type Refuse, refuseAsGeth } from "./batch_refusals.ts";
import { responseOf } from "./canned_answers.ts";
import { holdRequest } from "./fake_clock.ts";

/** One request a fake node got. */
export interface SeenRequest {
  readonly items: readonly Item[];
  readonly isBatch: boolean;
  readonly authorization: string | null;
  /** Aborts when the node closes. */
  readonly closing: AbortSignal;
}

/** One JSON-RPC call. */
export interface Item {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** One answer, as loose as a node may make it. */
export type FakeReply = Readonly<Record<string, unknown>>;

/** What a fake node says; may be changed while it runs. */
export interface FakeTruth {
  chainId: number;
  block: bigint;
  time: number;
  /** How many of the chain's units of time a second has. */
  perSecond: bigint;
  /** What the EVM says of the block's number, where it does not count as the chain does. */
  evmBlock: bigint | undefined;
  /** Methods that it answers for its latest block whatever block is asked for. */
  ignoresBlocks: readonly string[];
  /** Of a balance, at a block. */
  weiAt: (wei: bigint, block: bigint) => bigint;
  /** What every token's contract answers to a plain call, at a block; none refuses it. */
  tokenAt: ((block: bigint) => bigint) | undefined;
  /** Of the block; the node returns none where there is none. */
  hash: string | undefined;
  /** Whether it takes `eth_call` with a state override; else it knows only two parameters. */
  overrides: boolean;
  /** In wei, by address in lower case; others have 0. */
  balances: Map<string, bigint>;
  /** What the EVM makes of a balance, for the sender of a call. */
  evm: (wei: bigint, address: string, sender: string | undefined) => bigint;
  /** What it answers to `eth_syncing`; `undefined` where it does not know the method. */
  syncing: unknown;
  /** The most items it takes in one request. */
  limit: number;
  /** How it refuses more. */
  refuse: Refuse;
  /** Bends the answers to a batch. */
  mangle: (replies: readonly FakeReply[], request: SeenRequest) => unknown;
  /** Answers in place of the node. */
  instead: ((request: SeenRequest) => Response | Promise<Response | undefined> | undefined) | undefined;
}

/** A JSON-RPC node whose truth is known. */
export interface FakeNode extends AsyncDisposable {
  readonly url: string;
  readonly truth: FakeTruth;
  readonly seen: SeenRequest[];
}

/**
 * Starts a fake node on a free port of this machine.
 *
 * @param truth what differs from a node of chain 1 without any balance or fault
 */
export function startFakeNode(truth: Partial<FakeTruth> = {}): FakeNode {
  const own: FakeTruth = {
    chainId: 1,
    block: 100n,
    time: Math.floor(Date.now() / 1000),
    perSecond: 1n,
    evmBlock: undefined,
    ignoresBlocks: [],
    weiAt: (wei) => wei,
    tokenAt: undefined,
    hash: undefined,
    overrides: false,
    balances: new Map(),
    evm: (wei) => wei,
    syncing: false,
    limit: Infinity,
    refuse: refuseAsGeth,
    mangle: (replies) => replies,
    instead: undefined,
    ...truth,
  };
  const seen: SeenRequest[] = [];
  const closing = new AbortController();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const body: Item | readonly Item[] = await request.json();
    const items = Array.isArray(body) ? body : [body];
    const got = {
      items,
      isBatch: Array.isArray(body),
      authorization: request.headers.get("authorization"),
      closing: closing.signal,
    };
    seen.push(got);
    const other = await own.instead?.(got);
    if (other !== undefined) return other;
    if (items.length > own.limit) return responseOf(own.refuse(items, own.limit));
    const replies = items.map((item) => ({ jsonrpc: "2.0", id: item.id, ...answerOf(item, own) }));
    const answer = own.mangle(replies, got);
    return Response.json(got.isBatch || !Array.isArray(answer) ? answer : answer[0]);
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    truth: own,
    seen,
    async [Symbol.asyncDispose](): Promise<void> {
      closing.abort();
      await server.shutdown();
    },
  };
}

/** Several fake nodes. */
export interface FakeNodes extends AsyncDisposable {
  readonly all: readonly FakeNode[];
  readonly urls: readonly string[];
}

/**
 * Starts a fake node for each of some truths.
 *
 * @param truths what differs from a node of chain 1 without any balance or fault
 */
export function startNodes(truths: readonly Partial<FakeTruth>[]): FakeNodes {
  const all = truths.map(startFakeNode);
  return {
    all,
    urls: all.map(({ url }) => url),
    async [Symbol.asyncDispose](): Promise<void> {
      await Promise.all(all.map((node) => node[Symbol.asyncDispose]()));
    },
  };
}

/**
 * Answers nothing while the node is open, and says so to clocks that jump.
 *
 * @param request which
 */
export async function silence({ closing }: SeenRequest): Promise<Response> {
  using _ = holdRequest();
  await new Promise((resolve) => closing.addEventListener("abort", resolve, { once: true }));
  return new Response();
}

/** As geth refuses a parameter that it does not know, a method, and a block that is not there yet. */
const TOO_MANY = { error: { code: -32602, message: "too many arguments, want at most 2" } };
const NO_METHOD = { error: { code: -32601, message: "the method eth_syncing does not exist/is not available" } };
const NO_BLOCK = { error: { code: -32000, message: "header not found" } };

function answerOf(item: Item, truth: FakeTruth): FakeReply {
  const { method, params: [first, second] } = item;
  const isHead = method === "eth_getBlockByNumber";
  const asked = truth.ignoresBlocks.includes(method) ? "latest" : isHead ? first : second;
  if (isNumber(asked) && BigInt(asked) > truth.block) return isHead ? { result: null } : NO_BLOCK;
  const at = blockOf(asked, truth);
  if (method === "eth_syncing") return truth.syncing === undefined ? NO_METHOD : { result: truth.syncing };
  if (method !== "eth_call") return { result: resultOf(item, truth, at) };
  const { from } = first as { readonly from?: string };
  const balanceOf = (address: string): bigint => truth.evm(weiOf(address, truth, at), address, from);
  const run = { ...truth, block: truth.evmBlock ?? at.block, time: at.time, balanceOf };
  const result = truth.overrides ? answerPackedCall(item, run) : undefined;
  if (result !== undefined) return { result };
  if (truth.tokenAt === undefined || item.params.length > 2) return TOO_MANY;
  return { result: `0x${truth.tokenAt(at.block).toString(16).padStart(64, "0")}` };
}

interface At {
  readonly block: bigint;
  readonly time: bigint;
}

/** The block of a parameter, a second before the next one; the latest for a tag. */
function blockOf(parameter: unknown, { block, time, perSecond }: FakeTruth): At {
  const number = isNumber(parameter) ? BigInt(parameter) : block;
  return { block: number, time: (BigInt(time) + number - block) * perSecond };
}

function weiOf(address: string, { balances, weiAt }: FakeTruth, { block }: At): bigint {
  return weiAt(balances.get(address) ?? 0n, block);
}

function isNumber(parameter: unknown): parameter is string {
  return typeof parameter === "string" && parameter.startsWith("0x");
}

function resultOf({ method, params }: Item, truth: FakeTruth, at: At): unknown {
  const hex = (value: bigint | number): string => `0x${value.toString(16)}`;
  switch (method) {
    case "eth_chainId":
      return hex(truth.chainId);
    case "eth_getBlockByNumber":
      return { number: hex(at.block), timestamp: hex(at.time), hash: truth.hash, transactions: [] };
    case "eth_getCode":
      return "0x";
    default:
      return hex(weiOf(String(params[0]).toLowerCase(), truth, at));
  }
}
