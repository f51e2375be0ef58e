import type { Account } from "../../assets/asset.ts";
import type { Block } from "../../model/block.ts";
import type { BlockTag } from "../../plan/plan.ts";

/** The chain of an endpoint, and a block of it. */
export interface Head {
  readonly chainId: number;
  readonly block: Block;
}

/** A head, as far as an endpoint reports it. */
export interface PartialHead {
  readonly chainId: number | undefined;
  readonly block: Block | undefined;
}

/** The state that balances are read from. */
export interface Target {
  readonly at: BlockTag | Block;
  /**
   * Checks a head before its balances are used.
   *
   * @throws {RpcError} reason `wrong_chain` or `lagging`
   */
  readonly admit: (head: Head) => void;
  /** Checks a chain id alone. @default the chain id that the EVM reports is trusted */
  readonly checkChain?: (chainId: number) => void;
  /**
   * Checks a head before balances without a block number are used. @default they are not read
   *
   * @throws {RpcError} reason `wrong_chain` or `lagging`, or any if a required chain id is missing
   */
  readonly admitLatest?: (head: PartialHead) => void;
  /**
   * Checks heads of values that are not read in the requests of native balances. @default as those of balances
   */
  readonly ofOthers?: Required<Pick<Target, "admit" | "admitLatest">>;
  /** The last published value of accounts whose asset needs it. @default none */
  readonly previous?: ReadonlyMap<Account, bigint>;
}

/** The target of values that are not read in the requests of native balances: their heads decide nothing else. */
export function targetOfOthers(target: Target): Target {
  return { ...target, ...target.ofOthers };
}
