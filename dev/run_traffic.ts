import { hexToBigInt, numberToHex } from "viem/utils";
import type { Anvil } from "./anvil.ts";
import { systemClock } from "../src/util/clock.ts";
import { say } from "./say.ts";
import type { Chain } from "./stack.ts";
import { type Account, dueTransfers, type Transfer } from "./traffic.ts";

/**
 * Sends the chain's payments, second by second, until `signal` is aborted.
 * A failure is told in one line, once until the next success, and never ends it.
 */
export async function runTraffic(
  chain: Chain,
  signal: AbortSignal,
): Promise<void> {
  let told = "";
  for (let second = 0; !signal.aborted; second++) {
    try {
      const accounts = await readAccounts(chain);
      for (const transfer of dueTransfers(accounts, { second })) {
        await send(chain.anvil, transfer);
      }
      told = "";
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== told && !signal.aborted) {
        say(`dev: ${chain.url}: ${reason}`);
      }
      told = reason;
    }
    await systemClock.sleep(1_000, signal);
  }
}

async function readAccounts(
  { anvil, wallets }: Chain,
): Promise<readonly Account[]> {
  return await Promise.all(wallets.map(async ({ wallet, address }) => {
    // "pending", or a wallet would be topped up again while its top-up waits for a block.
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
    throw new Error(
      `${from.wallet.label} could not pay ${to.wallet.label}: ${reason}`,
      { cause },
    );
  }
}
