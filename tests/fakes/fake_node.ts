import { answerOf } from "./answer_call.ts";
import { type Refuse, refuseAsGeth } from "./batch_refusals.ts";
import { responseOf } from "./canned_answers.ts";
import { holdRequest } from "./fake_clock.ts";

/** One request a fake node got. */
export interface SeenRequest {
  readonly items: readonly Item[];
  readonly isBatch: boolean;
  readonly url: string;
  readonly headers: Headers;
  /** Aborts when the node closes or, without a connection, the request is given up. */
  readonly signal: AbortSignal;
}

/** One JSON-RPC call. */
export interface Item {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** One answer, as loose as a node may make it. */
export type FakeReply = Readonly<Record<string, unknown>>;

/** What a fake node returns; may be changed while it runs. */
export interface FakeTruth {
  chainId: number;
  block: bigint;
  time: number;
  /** How many of the chain's units of time a second has. */
  perSecond: bigint;
  /** The number of the block in the EVM, where it does not count as the chain does. */
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
  /** Changes the answers to a batch. */
  mangle: (replies: readonly FakeReply[], request: SeenRequest) => unknown;
  /**
   * The result of a call in place of the node's, unless `undefined`; an `Error` that it throws becomes the call's
   * error, a `Response` or a promise of one the answer to the whole request.
   */
  answer: ((item: Item, request: SeenRequest) => unknown) | undefined;
  /** Answers a request in place of the node. */
  instead: ((request: SeenRequest) => Response | Promise<Response | undefined> | undefined) | undefined;
}

/** A JSON-RPC node whose truth is known. */
export interface FakeNode extends AsyncDisposable {
  readonly url: string;
  readonly truth: FakeTruth;
  readonly seen: SeenRequest[];
}

/** A fake node within the process, in place of `fetch` until disposed: no connection is opened. */
export interface LocalNode extends Disposable {
  readonly truth: FakeTruth;
  readonly seen: readonly SeenRequest[];
}

/** Several of them, at ports of their own. */
export interface LocalNodes extends Disposable {
  readonly all: readonly Pick<LocalNode, "truth" | "seen">[];
  readonly urls: readonly string[];
}

/**
 * Starts a fake node on a free port of this machine.
 *
 * @param truth what differs from a node of chain 1 without any balance or fault
 */
export function startFakeNode(truth: Partial<FakeTruth> = {}): FakeNode {
  const node = makeNode(truth);
  const closing = new AbortController();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { url, headers } = request;
    return await node.respond(await request.text(), { url, headers, signal: closing.signal });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    truth: node.truth,
    seen: node.seen,
    async [Symbol.asyncDispose](): Promise<void> {
      closing.abort();
      await server.shutdown();
    },
  };
}

/**
 * Starts a fake node in place of `fetch`, at any URL.
 *
 * @param truth see {@linkcode startFakeNode}
 */
export function startLocalNode(truth: Partial<FakeTruth> = {}): LocalNode {
  const node = makeNode(truth);
  return { truth: node.truth, seen: node.seen, ...replaceFetch(() => node) };
}

/**
 * Starts a fake node in place of `fetch` for each of some truths.
 *
 * @param truths see {@linkcode startFakeNode}
 */
export function startLocalNodes(truths: readonly Partial<FakeTruth>[]): LocalNodes {
  const urls = truths.map((_, place) => `http://127.0.0.1:${9001 + place}/`);
  const all = truths.map(makeNode);
  return { all, urls, ...replaceFetch((url) => all[urls.indexOf(url)]) };
}

function replaceFetch(nodeAt: (url: string) => NodeCore | undefined): Disposable {
  const original = globalThis.fetch;
  globalThis.fetch = (input, { headers, body, signal } = {}) => {
    const url = String(input);
    const node = nodeAt(url);
    if (node === undefined) throw new RangeError(`No node at ${url}`);
    const request = { url, headers: new Headers(headers), signal: signal ?? new AbortController().signal };
    return node.respond(String(body), request);
  };
  return { [Symbol.dispose]: () => void (globalThis.fetch = original) };
}

interface NodeCore {
  readonly truth: FakeTruth;
  readonly seen: SeenRequest[];
  respond(body: string, request: Pick<SeenRequest, "url" | "headers" | "signal">): Promise<Response>;
}

function makeNode(changes: Partial<FakeTruth>): NodeCore {
  const truth: FakeTruth = {
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
    answer: undefined,
    instead: undefined,
    ...changes,
  };
  const seen: SeenRequest[] = [];
  return {
    truth,
    seen,
    async respond(text, { url, headers, signal }) {
      const body: Item | readonly Item[] = JSON.parse(text);
      const request = { items: [body].flat(), isBatch: Array.isArray(body), url, headers, signal };
      seen.push(request);
      const other = await truth.instead?.(request);
      return other ?? await answerAll(request, truth);
    },
  };
}

async function answerAll(request: SeenRequest, truth: FakeTruth): Promise<Response> {
  const { items, isBatch } = request;
  if (items.length > truth.limit) return responseOf(truth.refuse(items, truth.limit));
  try {
    const replies = items.map((item) => ({ jsonrpc: "2.0", id: item.id, ...replyTo(item, request, truth) }));
    const answer = truth.mangle(replies, request);
    return Response.json(isBatch || !Array.isArray(answer) ? answer : answer[0]);
  } catch (thrown) {
    if (thrown instanceof Response || thrown instanceof Promise) return await thrown;
    throw thrown;
  }
}

function replyTo(item: Item, request: SeenRequest, truth: FakeTruth): FakeReply {
  try {
    const result = truth.answer?.(item, request);
    return result === undefined ? answerOf(item, truth) : { result };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { error: { code: -32000, message: error.message } };
  }
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

/** Answers nothing while the node is open; clocks that jump know that the request is held. */
export async function silence({ signal }: SeenRequest): Promise<Response> {
  using _ = holdRequest();
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  return new Response();
}

/** Never answers a request to a {@linkcode LocalNode}; it fails when it is given up. */
export function hang({ signal }: SeenRequest): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}
