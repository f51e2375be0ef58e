/** How real nodes, proxies and providers refuse a batch that is too large. */
export const REFUSAL_SHAPES = [
  "geth",
  "besu",
  "jsonrpsee",
  "proxyd",
  "nginx",
  "nethermind",
  "erigon",
  "disabled",
  "anvil",
  "parse-error",
] as const;

/** One of {@linkcode REFUSAL_SHAPES}. */
export type RefusalShape = (typeof REFUSAL_SHAPES)[number];

/**
 * Refuses a batch.
 *
 * @param shape who refuses
 * @param firstId the id of the batch's first call, which geth repeats
 * @param limit the most items it would take, which some tell
 */
export function refuse(shape: RefusalShape, firstId: number, limit: number): Response {
  switch (shape) {
    case "geth":
      return Response.json([{ jsonrpc: "2.0", id: firstId, error: { code: -32600, message: "batch too large" } }]);
    case "besu":
      return whole(200, -32005, `Number of requests in batch exceeds limit: ${limit}`);
    case "jsonrpsee":
      return whole(413, -32007, "Request is too big");
    case "proxyd":
      return whole(413, -32014, "request body too large");
    case "nginx":
      return new Response("<html><h1>413 Request Entity Too Large</h1></html>", { status: 413 });
    case "nethermind":
      return whole(503, -32005, "Batch size limit exceeded");
    case "erigon":
      return whole(
        200,
        -32000,
        `batch limit ${limit} exceeded (can increase by --rpc.batch.limit). Requested batch of size: 101`,
      );
    case "disabled":
      return new Response("batch requests are disabled", { status: 400 });
    case "anvil":
      return whole(200, -32600, "Invalid request");
    case "parse-error":
      return whole(200, -32700, "Parse error");
  }
}

function whole(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: "2.0", id: null, error: { code, message } }, { status });
}
