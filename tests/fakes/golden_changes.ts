/** A JSON-RPC answer of a real node. */
export interface RpcAnswer {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

const exempt: ReadonlySet<unknown> = new Set([
  "web3_clientVersion",
  "eth_chainId",
  "net_version",
  "eth_blockNumber",
  "eth_getBlockByNumber",
  "eth_syncing",
]);

/** Results that replace the node's, as JSON text. */
const fixed: ReadonlyMap<string, string> = new Map([
  ["null", "null"],
  ["0x", '"0x"'],
  ["empty", '""'],
  ["text", '"0xzz"'],
  ["true", "true"],
]);

/** Other spellings of a hexadecimal result, as JSON text: a number of this size is no double. */
const respelt: ReadonlyMap<string, (hex: string) => string> = new Map([
  ["obj", (hex: string) => `{"balance":"${hex}"}`],
  ["int", (hex: string) => `${BigInt(hex)}`],
  ["decstr", (hex: string) => `"${BigInt(hex)}"`],
  ["lead0", (hex: string) => `"0x000${hex.slice(2)}"`],
  ["32b", (hex: string) => `"0x${hex.slice(2).padStart(64, "0")}"`],
  ["upper", (hex: string) => `"0X${hex.slice(2).toUpperCase()}"`],
  ["nox", (hex: string) => `"${hex.slice(2)}"`],
  ["neg", (hex: string) => `"-${hex}"`],
]);

/** Whether the `bal-*` faults touch the answer to this method. */
export function isChanged(method: unknown): boolean {
  return !exempt.has(method);
}

/**
 * Changes one answer as the fault `bal-<change>` does.
 *
 * @param change the part of the fault's name after `bal-`
 * @param answer of the node; one without a result keeps its error where the change is about the result
 * @returns the changed answer as JSON text
 * @throws {RangeError} if there is no such fault
 */
export function changeAnswer(change: string, answer: RpcAnswer): string {
  const { id, result } = answer;
  switch (change) {
    case "error":
      return write(id, `"error":{"code":-32000,"message":"header not found"}`);
    case "missing":
      return write(id);
    case "errnull":
      return JSON.stringify({ ...answer, error: answer.error ?? null });
    case "wrongid":
      return JSON.stringify({ ...answer, id: 987654 });
    case "noid":
      return JSON.stringify({ ...answer, id: undefined });
  }
  const text = fixed.get(change);
  if (text !== undefined) return write(id, `"result":${text}`);
  const spell = respelt.get(change);
  if (spell === undefined) throw new RangeError(`Unknown change "${change}"`);
  if (typeof result !== "string" || !/^0x[\da-f]+$/i.test(result)) {
    return JSON.stringify(answer);
  }
  return write(id, `"result":${spell(result)}`);
}

function write(id: unknown, ...members: readonly string[]): string {
  return `{${[`"jsonrpc":"2.0"`, `"id":${JSON.stringify(id)}`, ...members].join(",")}}`;
}
