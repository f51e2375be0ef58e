import { bendAnswer, isBent, type RpcAnswer } from "./golden_bends.ts";
import { forward, type RawReply, type RawRequest, serveRaw } from "./raw_server.ts";

/**
 * A server in front of a real node whose faults the path names: `/ok`,
 * `/http429`, `/bal-null/eth` and so on. What stands behind the fault's name
 * is ignored.
 */
export interface GoldenFaults extends AsyncDisposable {
  readonly port: number;
  /** The fault behind the path `/sw`. */
  mode: string;
  readonly stop: () => Promise<void>;
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
export async function startGoldenFaults(node: string): Promise<GoldenFaults> {
  const server = await serveRaw((request) => {
    const name = request.target.split("/")[1] ?? "";
    return answer(name === "sw" ? faults.mode : name, request, node);
  });
  const { port, stop } = server;
  const faults: GoldenFaults = {
    port,
    mode: "ok",
    stop,
    [Symbol.asyncDispose]: stop,
  };
  return faults;
}

async function answer(
  fault: string,
  { body }: RawRequest,
  node: string,
): Promise<RawReply> {
  const status = /^http(\d{3})$/.exec(fault)?.[1];
  if (status !== undefined) return refusal(Number(status));
  if (fault === "close") return "close";
  if (fault === "html") {
    return { status: 200, type: "text/html", body: "<h1>It works</h1>" };
  }
  if (fault === "ok") return await forward(node, body);

  const request: RpcCall | readonly RpcCall[] = JSON.parse(body);
  const calls = Array.isArray(request) ? request : [request];
  if (fault === "hang-bal") {
    const bent = calls.some(({ method }) => isBent(method));
    return bent ? "hang" : await forward(node, body);
  }
  if (fault === "cv-403" && calls.some(asksVersion)) return refusal(403);
  const reply = await forward(node, body);
  if (fault === "cv-403") return reply;

  const said: RpcAnswer | readonly RpcAnswer[] = JSON.parse(reply.body);
  const bent = [said].flat().map((answer) => {
    const call = calls.find(({ id }) => id === answer.id);
    return bendOne(fault, call, answer);
  });
  const text = Array.isArray(said) ? `[${bent.join(",")}]` : bent.join();
  return { ...reply, body: text };
}

function bendOne(
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
  if (!isBent(call?.method)) return JSON.stringify(answer);
  return bendAnswer(fault.slice("bal-".length), answer);
}

function asksVersion({ method }: RpcCall): boolean {
  return method === "web3_clientVersion";
}

function refusal(status: number): RawReply {
  const error = { code: -32005, message: "daily request count exceeded" };
  const body = JSON.stringify({ jsonrpc: "2.0", id: null, error });
  return { status, type: "application/json", body };
}
