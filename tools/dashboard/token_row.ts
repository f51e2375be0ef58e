import { TOKENS } from "./holding.ts";
import { holdingTable } from "./holding_table.ts";
import type { Row } from "./panel.ts";
import { balanceGraph } from "./wallet_row.ts";

/** ERC-20 tokens; closed, for most exporters watch none. */
export const TOKEN_ROW: Row = {
  title: "Tokens",
  collapsed: true,
  panels: [
    holdingTable(
      {
        title: "Tokens",
        description: "Every token of every wallet, the one that is used up first on top; as in the table of wallets.",
        unit: "none",
        width: 24,
      },
      TOKENS,
    ),
    balanceGraph(
      {
        title: "Balance of tokens",
        description: 'Balances in whole tokens, and their minimums dashed; "Scale" above switches the axis.',
        unit: "none",
        width: 24,
      },
      TOKENS,
      "{{label}} {{symbol}} ({{network}})",
    ),
  ],
};
