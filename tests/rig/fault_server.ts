import { type Canned, responseOf } from "../fakes/canned_answers.ts";
import { NO_BATCH_REFUSALS, type Refuse, SIZE_REFUSALS, UNAWARE_REFUSALS } from "../fakes/batch_refusals.ts";
import type { Item } from "../fakes/fake_node.ts";
import { createRandom, type Random } from "../fakes/random.ts";
import { BENDS, type Reply } from "./bends.ts";
import type { Fault, FaultPlan } from "./fault.ts";
import { type HttpConnection, type RawRequest, serveConnections } from "./serve_connections.ts";
import { CONDUCTS } from "./more_conducts.ts";

/** One request that came by. */
export interface Seen {
  readonly items: readonly Item[];
  readonly isBatch: boolean;
}

/** A server between the exporter and a node, which lies when it is told to. */
export interface FaultServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: Seen[];
  /** How many connections were made to it. */
  readonly connections: number;
  /** Closes the connections that are open now. */
  closeIdle(): void;
  /** Answers nothing more on the connections that are open now. */
  muteOpen(): void;
  /** What it does from now on. */
  plan: FaultPlan;
  /** Whether the node behind it takes state overrides; a refusal is made up for it. */
  overrides: boolean;
  /** The node behind it. */
  node: string;
}

const HONEST: FaultPlan = { fault: { kind: "none" } };
const REFUSALS: Readonly<Record<string, Refuse>> = { ...SIZE_REFUSALS, ...NO_BATCH_REFUSALS, ...UNAWARE_REFUSALS };

/**
 * Starts a fault server on a free port of 127.0.0.1.
 *
 * @param node the URL of the real node
 */
export function startFaultServer(node: string): FaultServer {
  const seen: Seen[] = [];
  let random = createRandom(1);
  let current = HONEST;
  let times = 0;
  const { port, stop, counted, closeOpen, muteOpen } = serveConnections(async (request, connection) => {
    const body: Item | readonly Item[] = JSON.parse(request.body);
    const items = Array.isArray(body) ? body : [body];
    seen.push({ items, isBatch: Array.isArray(body) });
    await connection.answer(await answerTo({ items, isBatch: Array.isArray(body) }, request, connection));
  }, (connection) => conductBefore(connection));

  /** Some conducts never hear a request. */
  async function conductBefore(connection: HttpConnection): Promise<boolean> {
    const { fault } = current;
    if (fault.kind !== "conduct" || !fault.name.startsWith("unheard: ") || !strikes([])) return false;
    await CONDUCTS[fault.name]?.(connection.raw(false));
    return true;
  }

  function strikes(items: readonly Item[]): boolean {
    const { on = "all", share = 1, times: most = Infinity } = current;
    if (times >= most || share < 1 && random.below(1000) >= 1000 * share) return false;
    if (on === "eth_call" && !items.some(({ method }) => method === "eth_call")) return false;
    if (on === "balances" && !items.some(({ method }) => method === "eth_getBalance" || method === "eth_call")) {
      return false;
    }
    times++;
    return true;
  }

  async function answerTo(request: Seen, raw: RawRequest, connection: HttpConnection): Promise<Response | "conducted"> {
    const { fault } = current;
    if (fault.kind !== "none" && strikes(request.items)) return await lie(fault, request, raw, connection);
    return await tell(request, raw);
  }

  async function lie(
    fault: Fault,
    request: Seen,
    raw: RawRequest,
    connection: HttpConnection,
  ): Promise<Response | "conducted"> {
    switch (fault.kind) {
      case "conduct": {
        const conduct = CONDUCTS[fault.name];
        if (conduct === undefined) throw new RangeError(`There is no conduct "${fault.name}"`);
        await conduct(connection.raw(true));
        return "conducted";
      }
      case "reply":
        return responseOf(fault.reply);
      case "refuse": {
        const refuse = REFUSALS[fault.shape];
        if (refuse === undefined) throw new RangeError(`There is no refusal "${fault.shape}"`);
        return request.items.length > fault.limit
          ? responseOf(refuse(request.items, fault.limit))
          : await tell(request, raw);
      }
      case "bound": {
        const [first] = request.items;
        if (first?.method !== "eth_call" || balancesIn(first) <= fault.balances) return await tell(request, raw);
        return Response.json({ jsonrpc: "2.0", id: first.id, error: fault.error });
      }
      case "bend":
        return await bent(fault, request, raw, random);
      case "none":
        return await tell(request, raw);
    }
  }

  async function bent(
    { bend, value, status = 200, headers = {} }: Extract<Fault, { kind: "bend" }>,
    request: Seen,
    raw: RawRequest,
    choices: Random,
  ): Promise<Response> {
    const answer: unknown = await (await tell(request, raw)).json();
    const replies = (Array.isArray(answer) ? answer : [answer]) as readonly Reply[];
    const methods = request.items.map(({ method }) => method);
    const changed = BENDS[bend]({ replies, methods, random: choices, value });
    const isOne = !request.isBatch && Array.isArray(changed) && changed.length < 2;
    return Response.json(isOne ? changed[0] ?? [] : changed, { status, headers });
  }

  async function tell({ items, isBatch }: Seen, { body }: RawRequest): Promise<Response> {
    const [first] = items;
    const isOverride = first?.method === "eth_call" && first.params.length > 2;
    if (!server.overrides && !isBatch && first !== undefined && isOverride) {
      const error = { code: -32602, message: "too many arguments, want at most 2" };
      return Response.json({ jsonrpc: "2.0", id: first.id, error });
    }
    const response = await fetch(server.node, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    return new Response(await response.text(), { headers: { "content-type": "application/json" } });
  }

  const server: FaultServer = {
    url: `http://127.0.0.1:${port}/`,
    seen,
    get connections(): number {
      return counted();
    },
    get plan(): FaultPlan {
      return current;
    },
    set plan(plan: FaultPlan) {
      current = plan;
      random = createRandom(plan.seed ?? 1);
      times = 0;
    },
    closeIdle: closeOpen,
    muteOpen,
    overrides: true,
    node,
    [Symbol.asyncDispose]: stop,
  };
  return server;
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
export function honest(): FaultPlan {
  return HONEST;
}
