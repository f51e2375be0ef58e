import type { ObjectEntries } from "valibot";
import type { Account } from "./asset.ts";

/** A kind of value read per wallet besides native balances and tokens, whose keys and metrics are fixed. */
export interface AssetKind {
  readonly kind: string;
  /** Its keys in a wallet and a network of version 2; existing keys cannot be replaced. */
  readonly schema?: { readonly wallet?: ObjectEntries; readonly network?: ObjectEntries };
  /** @returns the account to read; undefined if the wallet does not use this kind */
  account(address: string, keys: AssetKeys): Account | undefined;
  readonly families: readonly AssetFamily[];
}

/** Values of the keys that schemas add, typed by their schema. */
export interface AssetKeys {
  readonly wallet: Readonly<Record<string, unknown>>;
  readonly network: Readonly<Record<string, unknown>>;
}

/** A metric family of a kind: one sample per wallet. */
export interface AssetFamily {
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly help: string;
  /** Converts the last good reading, until it expires. */
  value(amount: bigint): number;
}

/** A new kind is one file in this folder and one line here. */
export const ASSET_KINDS: readonly AssetKind[] = [];

/** The keys that kinds add to version 2. */
export const SCHEMA_PARTS: readonly NonNullable<AssetKind["schema"]>[] = ASSET_KINDS.flatMap(({ schema }) =>
  schema ?? []
);
