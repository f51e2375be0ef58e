import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { keccak256 } from "viem/utils";
import type { World } from "./rig.ts";

/** Multicall3 on a node of one's own. */
export interface Installed {
  readonly code: string;
  /** Its `keccak256`: viem compiled it anew, so that it is not that of the chains. */
  readonly hash: string;
}

/** Where Multicall3 is on most chains. */
export const MULTICALL_ADDRESS = "0xcA11bde05977b3631167028862bE2a173976CA11";

/**
 * Puts the Multicall3 that viem carries where it is on most chains.
 *
 * @param world whose node
 */
export async function installMulticall({ anvil }: Pick<World, "anvil">): Promise<Installed> {
  const [from] = await anvil.rpc("eth_accounts") as readonly string[];
  const hash = await anvil.rpc("eth_sendTransaction", [{ from, data: creationCode(), gas: "0x500000" }]);
  await anvil.rpc("evm_mine");
  const receipt = await anvil.rpc("eth_getTransactionReceipt", [hash]) as { contractAddress: string };
  const code = await anvil.rpc("eth_getCode", [receipt.contractAddress, "latest"]) as `0x${string}`;
  await anvil.rpc("anvil_setCode", [MULTICALL_ADDRESS, code]);
  return { code, hash: keccak256(code) };
}

/** viem uses it and does not export it. */
function creationCode(): string {
  const require = createRequire(import.meta.url);
  const contracts: unknown = require(join(dirname(require.resolve("viem")), "constants", "contracts.js"));
  if (typeof contracts === "object" && contracts !== null && "multicall3Bytecode" in contracts) {
    return String(contracts.multicall3Bytecode);
  }
  throw new TypeError("Cannot install Multicall3: viem carries none");
}
