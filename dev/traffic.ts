import { hexToBigInt, numberToHex, parseEther } from "viem/utils";
import { systemClock } from "../src/util/clock.ts";
import type { Anvil } from "./anvil.ts";
import { say } from "./messages.ts";
import type { Chain } from "./stack.ts";
import { type DevWallet, toWei } from "./wallets.ts";

/** A wallet with its balance in wei, including pending transactions. */
export interface Account {
  readonly wallet: DevWallet;
  readonly address: string;
  readonly balance: bigint;
}

/** A payment to send. */
export interface Transfer {
  readonly from: Account;
  readonly to: Account;
  readonly wei: bigint;
}

/** Kept by a sender, for gas. */
const GAS_RESERVE = parseEther("0.01");

/**
 * Returns the payments that are due in a second, in sending order. Spent coins go to the account labelled "world". A
 * payment above the sender's balance is skipped.
 *
 * @param options `random` returns numbers from 0 to 1: amounts vary between 50 % and 150 %
 */
export function dueTransfers(
  accounts: readonly Account[],
  options: { readonly second: number; readonly random?: () => number },
): readonly Transfer[] {
  const { second, random = Math.random } = options;
  const byLabel = new Map(accounts.map((account) => [account.wallet.label, account]));
  return accounts.flatMap((account) => {
    const { spend, topUp } = account.wallet;
    const due: Transfer[] = [];
    if (spend && second % spend.everySeconds === 0) {
      const wei = toWei(spend.coins * (0.5 + random()));
      due.push(...payment(account, byLabel.get("world"), wei));
    }
    if (topUp && account.balance < toWei(topUp.below)) {
      due.push(...payment(byLabel.get(topUp.from), account, toWei(topUp.to) - account.balance));
    }
    return due;
  });
}

function payment(from: Account | undefined, to: Account | undefined, wei: bigint): readonly Transfer[] {
  return from && to && from.balance >= wei + GAS_RESERVE ? [{ from, to, wei }] : [];
}

/** Sends a chain's payments every second until `signal` is aborted. A repeated failure is printed once. */
export async function runTraffic(chain: Chain, signal: AbortSignal): Promise<void> {
  let reported = "";
  for (let second = 0; !signal.aborted; second++) {
    try {
      const accounts = await readAccounts(chain);
      for (const transfer of dueTransfers(accounts, { second })) {
        await send(chain.anvil, transfer);
      }
      reported = "";
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== reported && !signal.aborted) say(`dev: ${chain.url}: ${reason}`);
      reported = reason;
    }
    await systemClock.sleep(1_000, signal);
  }
}

async function readAccounts({ anvil, wallets }: Chain): Promise<readonly Account[]> {
  return await Promise.all(wallets.map(async ({ wallet, address }) => {
    // "pending", so that a wallet is not topped up again while its top-up waits for a block.
    const balance = await anvil.rpc("eth_getBalance", [address, "pending"]);
    return { wallet, address, balance: hexToBigInt(balance as `0x${string}`) };
  }));
}

async function send(anvil: Anvil, { from, to, wei }: Transfer): Promise<void> {
  try {
    await anvil.rpc("eth_sendTransaction", [
      { from: from.address, to: to.address, value: numberToHex(wei) },
    ]);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Payment from ${from.wallet.label} to ${to.wallet.label} failed: ${reason}`, { cause });
  }
}
