import type { RpcError } from "./errors.ts";
import type { Ids } from "./request_ids.ts";

/** One JSON-RPC call and how its result is read. */
export interface Call<T> {
  readonly method: string;
  /** The parameters as JSON text: an array. */
  readonly params: string;
  /** The maximum size of the response to this call, in bytes. */
  readonly answerBytes: number;
  /** Reads the result; throws {@linkcode RpcError} if it is not what was requested. */
  readonly decode: (result: unknown) => T;
  /** Refines an error of this call. @default as it is */
  readonly classify?: (error: RpcError) => RpcError;
  /** Turns an error that is an answer into a result; throws any other. @default no error is an answer */
  readonly recover?: (error: RpcError) => T;
  /** Parts of a decoded result that failed, so that they are counted with the request. @default none */
  errorsIn?(result: T): readonly RpcError[];
}

/** Writes the body of a request: an array, or one object for one call. */
export function serializeCalls(calls: readonly Call<unknown>[], { first, step }: Ids): string {
  const items = calls.map(({ method, params }, index) =>
    `{"jsonrpc":"2.0","id":${first + step * index},"method":"${method}","params":${params}}`
  );
  return items.length === 1 ? items.join() : `[${items.join()}]`;
}
