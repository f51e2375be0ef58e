import { AT_ONCE, BEHAVIOURS } from "../fakes/behaviours.ts";
import { type Canned, responseOf } from "../fakes/canned_answers.ts";
import { NO_BATCH_REFUSALS, type Refuse, SIZE_REFUSALS, UNAWARE_REFUSALS } from "../fakes/batch_refusals.ts";
import type { Item } from "../fakes/fake_node.ts";
import { createRandom } from "../fakes/random.ts";
import { type Behaviour, type Connection, forward, http, startTcpServer } from "../fakes/tcp_server.ts";
import { type Reply, REPLY_CHANGES } from "./reply_changes.ts";
import type { Fault, FaultPlan } from "./fault.ts";

/** One request that came by. */
export interface Seen {
  readonly items: readonly Item[];
  readonly isBatch: boolean;
}

/** A server between the exporter and a node, with faults that a test chooses. */
export interface FaultServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: Seen[];
  /** How many connections were made to it. */
  readonly connections: number;
  /** Closes the connections that are open now. */
  closeOpen(): void;
  /** Sends nothing more on the connections that are open now. */
  muteOpen(): void;
  /** What it does from now on. */
  plan: FaultPlan;
  /** Whether the node behind it takes state overrides; a refusal is made up for it. */
  overrides: boolean;
  /** The node behind it. */
  node: string;
  /** How long an answer takes besides, in milliseconds. */
  delay: number;
}

const NO_FAULT: FaultPlan = { fault: { kind: "none" } };
const REFUSALS: Readonly<Record<string, Refuse>> = { ...SIZE_REFUSALS, ...NO_BATCH_REFUSALS, ...UNAWARE_REFUSALS };

/**
 * Starts a fault server on a free port of 127.0.0.1.
 *
 * @param node the URL of the real node
 */
export function startFaultServer(node: string): FaultServer {
  const seen: Seen[] = [];
  let random = createRandom(1);
  let current = NO_FAULT;
  let times = 0;
  const answerRequests = http(async ({ body }, connection) => {
    const parsed: Item | readonly Item[] = JSON.parse(body);
    const request = { items: [parsed].flat(), isBatch: Array.isArray(parsed), body };
    seen.push({ items: request.items, isBatch: request.isBatch });
    const { fault } = current;
    return fault.kind !== "none" && strikes(request.items)
      ? await fail(fault, request, connection)
      : await pass(request);
  });
  const tcp = startTcpServer(async (connection) => {
    const { fault } = current;
    const isAtOnce = fault.kind === "behaviour" && AT_ONCE.has(fault.name) && strikes([]);
    await (isAtOnce ? behaviourOf(fault.name) : answerRequests)(connection);
  });

  function strikes(items: readonly Item[]): boolean {
    const { on = "all", share = 1, times: most = Infinity } = current;
    if (times >= most || share < 1 && random.below(1000) >= 1000 * share) return false;
    if (!items.some(({ method }) => METHODS[on].includes(method)) && on !== "all") return false;
    times++;
    return true;
  }

  async function fail(fault: Fault, request: FaultyRequest, connection: Connection): Promise<Response | undefined> {
    const [first] = request.items;
    switch (fault.kind) {
      case "behaviour":
        return void await behaviourOf(fault.name)(connection);
      case "reply":
        return responseOf(fault.reply);
      case "refuse": {
        const refuse = REFUSALS[fault.shape];
        if (refuse === undefined) throw new RangeError(`There is no refusal "${fault.shape}"`);
        if (request.items.length <= fault.limit) break;
        return responseOf(refuse(request.items, fault.limit));
      }
      case "bound":
        if (first?.method !== "eth_call" || balancesIn(first) <= fault.balances) break;
        return Response.json({ jsonrpc: "2.0", id: first.id, error: fault.error });
      case "change":
        return await change(fault, request);
    }
    return await pass(request);
  }

  async function change(
    { change, value, status = 200, headers = {} }: Extract<Fault, { kind: "change" }>,
    request: FaultyRequest,
  ): Promise<Response> {
    const answer: Reply | readonly Reply[] = await (await pass(request)).json();
    const methods = request.items.map(({ method }) => method);
    const changed = REPLY_CHANGES[change]({ replies: [answer].flat(), methods, random, value });
    const isOne = !request.isBatch && Array.isArray(changed) && changed.length < 2;
    return Response.json(isOne ? changed[0] ?? [] : changed, { status, headers });
  }

  async function pass({ items, isBatch, body }: FaultyRequest): Promise<Response> {
    const [first] = items;
    const isOverride = first?.method === "eth_call" && first.params.length > 2;
    if (!server.overrides && !isBatch && first !== undefined && isOverride) {
      const error = { code: -32602, message: "too many arguments, want at most 2" };
      return Response.json({ jsonrpc: "2.0", id: first.id, error });
    }
    if (server.delay > 0) await new Promise((resolve) => setTimeout(resolve, server.delay));
    return await forward(server.node, body);
  }

  const server: FaultServer = {
    url: tcp.url,
    seen,
    get connections(): number {
      return tcp.connections;
    },
    get plan(): FaultPlan {
      return current;
    },
    set plan(plan: FaultPlan) {
      current = plan;
      random = createRandom(plan.seed ?? 1);
      times = 0;
    },
    closeOpen: tcp.closeOpen,
    muteOpen: tcp.muteOpen,
    overrides: true,
    node,
    delay: 0,
    [Symbol.asyncDispose]: () => tcp[Symbol.asyncDispose](),
  };
  return server;
}

interface FaultyRequest extends Seen {
  readonly body: string;
}

/** The methods of the requests that a fault strikes. */
const METHODS: Readonly<Record<NonNullable<FaultPlan["on"]>, readonly string[]>> = {
  all: [],
  eth_call: ["eth_call"],
  balances: ["eth_getBalance", "eth_call"],
};

function behaviourOf(name: string): Behaviour {
  const behaviour = BEHAVIOURS.get(name);
  if (behaviour === undefined) throw new RangeError(`There is no behaviour "${name}"`);
  return behaviour;
}

/** How many addresses a call for many balances has: 20 bytes each after the key, or 224 bytes of a multicall. */
function balancesIn({ params }: Item): number {
  const [{ data }] = params as readonly [{ readonly data: string }];
  return params.length > 2 ? (data.length - 66) / 40 : Math.floor(data.length / 2 / 224) - 2;
}

/** An answer as a fault. */
export function replyFault(reply: Canned): FaultPlan {
  return { fault: { kind: "reply", reply } };
}

/** No fault. */
export function noFault(): FaultPlan {
  return NO_FAULT;
}
