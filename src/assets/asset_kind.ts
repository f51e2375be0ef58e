import type * as Valibot from "valibot";
import type { Account } from "./asset.ts";
import type { ValueState } from "./value_state.ts";

/** A kind of value read per wallet besides native balances and tokens, whose keys and metrics are fixed. */
export interface AssetKind {
  readonly kind: string;
  /**
   * Its keys in a wallet, and in a network or the defaults, of version 2; existing keys cannot be replaced.
   *
   * @param v the library, which is loaded for version 2 only
   */
  schema?(v: typeof Valibot): { readonly wallet?: Valibot.ObjectEntries; readonly network?: Valibot.ObjectEntries };
  /** @returns the account to read; undefined if the wallet does not use this kind */
  account(address: string, keys: AssetKeys): Account | undefined;
  readonly families: readonly AssetFamily[];
}

/** Values of the keys that schemas add, typed by their schema: the wallet's, else the network's, else the defaults'. */
export type AssetKeys = Readonly<Record<string, unknown>>;

/** A metric family of a kind: one sample per wallet. */
export interface AssetFamily {
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly help: string;
  /** Whether the value is in the coin's smallest unit; it is shown in whole coins. @default {false} */
  readonly isCoin?: boolean;
  /** For a label of its own with several values: there is a sample for each that has a value. @default none */
  readonly variant?: { readonly label: string; readonly values: readonly string[] };
  /**
   * @param state without readings that are too old
   * @param variant one of the values of its label
   * @returns undefined for no sample
   */
  value(state: ValueState, keys: AssetKeys, variant: string): bigint | number | undefined;
}
