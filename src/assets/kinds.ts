import type { ObjectEntries } from "valibot";
import type { Account } from "./asset.ts";

/** A kind of value read per wallet besides native balances and tokens, whose keys and metrics are the contract's. */
export interface AssetKind {
  readonly kind: string;
  /** Its keys in a wallet and in a network of version 2; none of the exporter's own. */
  readonly schema?: { readonly wallet?: ObjectEntries; readonly network?: ObjectEntries };
  /**
   * @param keys the values of the keys that schemas add, of the wallet and of its network
   * @returns what is read of a wallet; none where it is not watched for this kind
   */
  account(address: string, keys: AssetKeys): Account | undefined;
  readonly families: readonly AssetFamily[];
}

/** Values of the keys that schemas add, each of the type that its schema gives. */
export interface AssetKeys {
  readonly wallet: Readonly<Record<string, unknown>>;
  readonly network: Readonly<Record<string, unknown>>;
}

/** A metric family of a kind: one sample per wallet. */
export interface AssetFamily {
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly help: string;
  /** Of the last good reading, which is withdrawn once it is too old. */
  value(amount: bigint): number;
}

/** A new kind is one file in this folder and one line here. */
export const ASSET_KINDS: readonly AssetKind[] = [];

/** The keys that kinds add to version 2. */
export const SCHEMA_PARTS: readonly NonNullable<AssetKind["schema"]>[] = ASSET_KINDS.flatMap(({ schema }) =>
  schema ?? []
);
