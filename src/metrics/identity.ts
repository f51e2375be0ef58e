/** The labels that every series carries. */
export interface Identity {
  readonly release: string;
  readonly namespace: string;
  /** Which part of the wallets the process watches; only `wallet_balance_exporter_up` has it as a label. */
  readonly shard?: number | undefined;
}
