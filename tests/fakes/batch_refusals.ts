import { type Canned, html, json, plain, rpcError } from "./canned_answers.ts";
import type { Item } from "./fake_node.ts";

/** How a node says that a batch has too many items. */
export type Refuse = (items: readonly Item[], limit: number) => Canned;

/** As geth refuses: an array with one error, under the id of the first call. */
export function refuseAsGeth([first]: readonly Item[]): Canned {
  return json(200, [{ jsonrpc: "2.0", id: first?.id, error: { code: -32600, message: "batch too large" } }]);
}

/** Those that say, or let guess, that a smaller batch would pass. */
export const SIZE_REFUSALS: Readonly<Record<string, Refuse>> = {
  "geth: an array with one error": refuseAsGeth,
  "besu: one object": () => rpcError(200, -32005, "Number of requests in batch exceeds limit"),
  "anvil: one object, invalid request": () => rpcError(200, -32600, "Invalid request"),
  "a gateway: parse error": () => rpcError(200, -32700, "Parse error"),
  "jsonrpsee: one object, -32010": () => rpcError(200, -32010, "The batch request was too large"),
  "jsonrpsee: 413 with -32007": () => rpcError(413, -32007, "Request is too big"),
  "proxyd: 413 with -32014": () => rpcError(413, -32014, "too many RPC calls in batch request"),
  "nginx: 413 with HTML": () => html(413),
  "nethermind: 503 with -32005": () => rpcError(503, -32005, "Batch size limit exceeded"),
  "erigon: one object, -32000": (_, limit) =>
    rpcError(200, -32000, `batch limit ${limit} exceeded (can increase by --rpc.batch.limit). Requested batch of size`),
  "erigon: an array with one error, id null": (_, limit) =>
    json(200, [{ jsonrpc: "2.0", id: null, error: { code: -32000, message: `batch limit ${limit} exceeded` } }]),
  "BSC: one object, length": (_, limit) => rpcError(200, -32000, `batch length does not support more than ${limit}`),
  "dRPC: 500 with its own code": (_, limit) =>
    rpcError(
      500,
      31,
      `Batch of more than ${limit} requests are not allowed on free tier, to use this feature register`,
    ),
  "a gateway: error and an empty result": () =>
    json(200, { jsonrpc: "2.0", id: null, result: null, error: { code: -32600, message: "Invalid Request" } }),
  "a gateway: 400 with text": () => plain(400, "too many items in one request"),
  "a gateway: 400 with -32600": () => rpcError(400, -32600, "Invalid Request"),
};

/** Those that say that no batch will ever pass. */
export const NO_BATCH_REFUSALS: Readonly<Record<string, Refuse>> = {
  "zkEVM: 400 with text": () => plain(400, "batch requests are disabled"),
  "jsonrpsee: one object, -32005": () => rpcError(200, -32005, "Batched requests are not supported by this server"),
  "a gateway: batching is unsupported": () => rpcError(200, -32600, "JSON-RPC batching is unsupported"),
};

/** Those of servers that do not know batches; only a single call distinguishes them from a fault. */
export const UNAWARE_REFUSALS: Readonly<Record<string, Refuse>> = {
  "Go: 400, cannot unmarshal array": () => plain(400, "json: cannot unmarshal array into Go value of type rpc.Request"),
  "415": () => plain(415, ""),
  "422": () => json(422, { detail: "value is not a valid dict" }),
  "501": () => plain(501, "not implemented"),
  "a crash: 500 with HTML": () => html(500),
  "200 with HTML": () => html(200),
  "one answer to a list, without an error": () => json(200, { jsonrpc: "2.0", id: null, result: null }),
  "an empty list": () => json(200, []),
  "an error that is a text": () => json(200, { error: "bad request" }),
  "one object, method not found": () => rpcError(200, -32601, "Method not found"),
  "one object, internal error": () => rpcError(200, -32603, "Internal error"),
};
