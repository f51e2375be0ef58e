import type { AssetKind } from "./asset_kind.ts";
import { CODE_WATCH } from "./code_watch.ts";
import { TRANSACTIONS } from "./transactions.ts";

/** A new kind is one file in this folder and one line here. */
export const ASSET_KINDS: readonly AssetKind[] = [TRANSACTIONS, CODE_WATCH];

/** The keys that kinds add to version 2. */
export const SCHEMA_PARTS: readonly NonNullable<AssetKind["schema"]>[] = ASSET_KINDS.flatMap(({ schema }) =>
  schema ?? []
);
