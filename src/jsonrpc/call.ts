import type { RpcError } from "./errors.ts";

/** One JSON-RPC call and how its result is read. */
export interface Call<T> {
  readonly method: string;
  /** The parameters as JSON text: an array. */
  readonly params: string;
  /** The most bytes the answer to this call may have. */
  readonly answerBytes: number;
  /** Reads the result; throws {@linkcode RpcError} when it is not what was asked for. */
  readonly decode: (result: unknown) => T;
  /** Names a failure of this call more closely, where who is asked makes a difference. @default as it is */
  readonly classify?: (error: RpcError) => RpcError;
  /** Makes an answer of an error that is one; throws any other. @default no error is an answer */
  readonly recover?: (error: RpcError) => T;
  /** Parts of a decoded result that failed, so that they are counted with the request. @default none */
  errorsIn?(result: T): readonly RpcError[];
}
