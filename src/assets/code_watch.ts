import * as v from "valibot";
import type { AssetKind } from "./asset_kind.ts";
import { CODE, CODE_KINDS, codeAccount, codeKindOf } from "./code.ts";

/** Read by a call per wallet, in milliseconds. */
const PACE_MS = 300_000;

const MODE = "watch or ignore";

const code = v.optional(
  v.pipe(
    v.picklist(["watch", "ignore"], MODE),
    v.description("watch to report the code of wallets, such as a delegation by EIP-7702; ignore if it is not given"),
  ),
);

/** The code of a wallet: most have none, and one that gets a delegation was usually stolen. */
export const CODE_WATCH: AssetKind = {
  kind: CODE.kind,
  schema: { wallet: { code }, network: { code } },
  account: (holder, keys) => keys["code"] === "watch" ? codeAccount(holder, PACE_MS) : undefined,
  families: [
    {
      name: "wallet_code_info",
      type: "gauge",
      help:
        "The kind of code that the wallet has; always 1. A delegated wallet runs the code of a contract (EIP-7702).",
      variant: { label: "kind", values: CODE_KINDS },
      value: ({ reading }, _keys, kind) => reading !== undefined && codeKindOf(reading.amount) === kind ? 1 : undefined,
    },
    {
      name: "wallet_code_changes_total",
      type: "counter",
      help: "How often the wallet's code changed since the exporter started.",
      value: ({ reading, changes }) => reading && changes?.count,
    },
  ],
};
