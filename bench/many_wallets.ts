/** A wallet as format 1 writes it. */
export interface WalletEntry {
  readonly address: string;
  readonly label: string;
  readonly min_balance_eth: number;
}

/** With eight families a wallet, this many are about 50,000 series. */
export const MANY = 6250;

/** {@linkcode MANY} wallets with addresses that compress no better than real ones. */
export function manyWallets(): readonly WalletEntry[] {
  return Array.from({ length: MANY }, (_, index) => ({
    address: `0x${
      (BigInt(index + 1) * 0x9e3779b97f4a7c15f39cc0605cedc834n % 2n ** 160n).toString(16).padStart(40, "0")
    }`,
    label: `wallet-${index}`,
    min_balance_eth: 1.5,
  }));
}
