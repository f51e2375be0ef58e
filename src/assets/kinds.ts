import type { AssetKind } from "./asset_kind.ts";
import { CODE_WATCH } from "./code_watch.ts";
import { TRANSACTIONS } from "./transactions.ts";

/** A new kind is one file in this folder and one line here. */
export const ASSET_KINDS: readonly AssetKind[] = [TRANSACTIONS, CODE_WATCH];
