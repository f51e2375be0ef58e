import type { BlockTag } from "../../plan/plan.ts";
import type { Block } from "./calls.ts";

/** Where an endpoint stands: its chain, and the block it reads at. */
export interface Head {
  readonly chainId: number;
  readonly block: Block;
}

/** Where an endpoint stands, as far as it reports it. */
export interface PartialHead {
  readonly chainId: number | undefined;
  readonly block: Block | undefined;
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
  /** The same of a chain alone; without it, the EVM's word is taken for the chain. */
  readonly checkChain?: (chainId: number) => void;
  /**
   * The same for balances that are asked for without a block number; without it they are not.
   *
   * @throws {RpcError} reason `wrong_chain` or `lagging`, or any when the chain must be reported and is not
   */
  readonly admitLatest?: (head: PartialHead) => void;
}
