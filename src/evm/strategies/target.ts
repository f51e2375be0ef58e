import type { Block } from "../../model/block.ts";
import type { BlockTag } from "../../plan/plan.ts";

/** The chain of an endpoint, and a block of it. */
export interface Head {
  readonly chainId: number;
  readonly block: Block;
}

/** The same, as far as an endpoint reports it. */
export interface PartialHead {
  readonly chainId: number | undefined;
  readonly block: Block | undefined;
}

/** Which state balances are read from. */
export interface Target {
  readonly at: BlockTag | Block;
  /**
   * Checks a head before its balances are used.
   *
   * @throws {RpcError} reason `wrong_chain` or `lagging`
   */
  readonly admit: (head: Head) => void;
  /** The same of a chain alone; without it, the chain that the EVM reports is believed. */
  readonly checkChain?: (chainId: number) => void;
  /**
   * The same for balances that are asked for without a block number; without it they are not.
   *
   * @throws {RpcError} reason `wrong_chain` or `lagging`, or any when the chain must be reported and is not
   */
  readonly admitLatest?: (head: PartialHead) => void;
}
