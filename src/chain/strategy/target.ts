import type { BlockTag } from "../../plan.ts";
import type { Block } from "./calls.ts";

/** Where an endpoint stands: its chain, and the block it reads at. */
export interface Head {
  readonly chainId: number;
  readonly block: Block;
}

/** What balances are to be read of. */
export interface Target {
  readonly at: BlockTag | Block;
  /**
   * Judges where an endpoint stands before its balances are taken.
   *
   * @throws {RpcError} reason `wrong_chain` or `lagging`
   */
  readonly admit: (head: Head) => void;
}
