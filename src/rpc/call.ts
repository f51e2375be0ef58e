/** One JSON-RPC call and how its result is read. */
export interface Call<T> {
  readonly method: string;
  /** The parameters as JSON text: an array. */
  readonly params: string;
  /** The most bytes the answer to this call may have. */
  readonly answerBytes: number;
  /** Reads the result; throws {@linkcode RpcError} when it is not what was asked for. */
  readonly decode: (result: unknown) => T;
}
