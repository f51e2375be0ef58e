import { parseEther } from "viem/utils";
import type { DevWallet } from "./wallets.ts";

/** A wallet and what it holds now, in wei, with what is on its way already counted. */
export interface Account {
  readonly wallet: DevWallet;
  readonly address: string;
  readonly balance: bigint;
}

/** A payment to be sent. */
export interface Transfer {
  readonly from: Account;
  readonly to: Account;
  readonly wei: bigint;
}

/** Left in a wallet that pays, for the gas. */
const reserve = parseEther("0.01");

/**
 * The payments that are due in this second, in the order to send them.
 *
 * Spent coins go to the account labelled "world". `random` gives numbers from
 * 0 up to 1: a payment is between half and one and a half times the usual.
 * Nobody pays more than it has: such a payment is left out.
 */
export function dueTransfers(
  accounts: readonly Account[],
  options: { readonly second: number; readonly random?: () => number },
): readonly Transfer[] {
  const { second, random = Math.random } = options;
  const byLabel = new Map(
    accounts.map((account) => [account.wallet.label, account]),
  );
  return accounts.flatMap((account) => {
    const { spend, topUp } = account.wallet;
    const due: Transfer[] = [];
    if (spend && second % spend.everySeconds === 0) {
      const wei = toWei(spend.coins * (0.5 + random()));
      due.push(...payment(account, byLabel.get("world"), wei));
    }
    if (topUp && account.balance < toWei(topUp.below)) {
      due.push(
        ...payment(
          byLabel.get(topUp.from),
          account,
          toWei(topUp.to) - account.balance,
        ),
      );
    }
    return due;
  });
}

/** Coins as wei, to nine decimals: more than anybody can see here. */
export function toWei(coins: number): bigint {
  return parseEther(coins.toFixed(9));
}

function payment(
  from: Account | undefined,
  to: Account | undefined,
  wei: bigint,
): readonly Transfer[] {
  return from && to && from.balance >= wei + reserve ? [{ from, to, wei }] : [];
}
