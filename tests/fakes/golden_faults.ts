import { changeAnswer, isChanged, type RpcAnswer } from "./golden_changes.ts";
import { type Connection, forward, http, type HttpRequest, startTcpServer } from "./tcp_server.ts";

/**
 * A server in front of a real node whose faults the path names: `/ok`,
 * `/http429`, `/bal-null/eth` and so on. What follows the fault's name
 * is ignored.
 */
export interface GoldenFaults extends AsyncDisposable {
  readonly port: number;
  /** The fault behind the path `/sw`. */
  mode: string;
}

interface RpcCall {
  readonly id?: unknown;
  readonly method?: unknown;
}

/**
 * Starts the server on a free port of 127.0.0.1.
 *
 * @param node the URL of the real node
 */
export function startGoldenFaults(node: string): GoldenFaults {
  const server = startTcpServer(http(async (request, connection) => {
    const name = request.target.split("/")[1] ?? "";
    try {
      return await answer(name === "sw" ? faults.mode : name, request, node, connection);
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  }));
  const faults: GoldenFaults = {
    port: server.port,
    mode: "ok",
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
  return faults;
}

async function answer(
  fault: string,
  { body }: HttpRequest,
  node: string,
  { wait }: Connection,
): Promise<Response | undefined> {
  const status = /^http(\d{3})$/.exec(fault)?.[1];
  if (status !== undefined) return refusal(Number(status));
  if (fault === "close") return undefined;
  if (fault === "html") return new Response("<h1>It works</h1>", { headers: { "content-type": "text/html" } });
  if (fault === "ok") return await forward(node, body);

  const request: RpcCall | readonly RpcCall[] = JSON.parse(body);
  const calls = [request].flat();
  if (fault === "hang-bal") {
    return calls.some(({ method }) => isChanged(method)) ? void await wait() : await forward(node, body);
  }
  if (fault === "cv-403" && calls.some(asksVersion)) return refusal(403);
  const reply = await forward(node, body);
  if (fault === "cv-403") return reply;

  const answers: RpcAnswer | readonly RpcAnswer[] = await reply.json();
  const changed = [answers].flat().map((answer) => changeOne(fault, calls.find(({ id }) => id === answer.id), answer));
  const text = Array.isArray(answers) ? `[${changed.join(",")}]` : changed.join();
  return new Response(text, { status: reply.status, headers: { "content-type": "application/json" } });
}

function changeOne(
  fault: string,
  call: RpcCall | undefined,
  answer: RpcAnswer,
): string {
  if (fault === "cv-refused") {
    if (call === undefined || !asksVersion(call)) return JSON.stringify(answer);
    const error = { code: -32601, message: "the method is not available" };
    return JSON.stringify({ jsonrpc: "2.0", id: answer.id, error });
  }
  if (!fault.startsWith("bal-")) throw new RangeError(`No fault "${fault}"`);
  if (!isChanged(call?.method)) return JSON.stringify(answer);
  return changeAnswer(fault.slice("bal-".length), answer);
}

function asksVersion({ method }: RpcCall): boolean {
  return method === "web3_clientVersion";
}

function refusal(status: number): Response {
  const error = { code: -32005, message: "daily request count exceeded" };
  return Response.json({ jsonrpc: "2.0", id: null, error }, { status });
}
