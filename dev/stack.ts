import { type Anvil, type AnvilCommand, startAnvil } from "./anvil.ts";
import { aborted, isFreePort } from "./system.ts";
import { findAnvil } from "./find_anvil.ts";
import { type DevNetwork, type DevWallet, toWei, world } from "./wallets.ts";

/** A running chain with funded wallets. */
export interface Chain {
  readonly network: DevNetwork;
  readonly anvil: Anvil;
  /** The RPC URL; the exporter derives the network's label from it. */
  readonly url: string;
  readonly wallets: readonly { readonly wallet: DevWallet; readonly address: string }[];
}

/** All chains. Disposing stops the nodes. */
export interface Stack extends AsyncDisposable {
  readonly chains: readonly Chain[];
  /** Settles if a node ends unexpectedly. */
  readonly gone: Promise<Error>;
}

// Otherwise a node that runs for days would fill memory and disk with blocks.
const PRUNING = ["--prune-history", "256", "--transaction-block-keeper", "256"];

/**
 * Starts a node for each network and funds its wallets. If one fails, the others are stopped.
 *
 * @param signal aborts the start
 * @param find finds anvil; with npx this may take a while
 */
export async function startStack(
  networks: readonly DevNetwork[],
  signal: AbortSignal,
  find: () => Promise<AnvilCommand> = findAnvil,
): Promise<Stack> {
  const command = await Promise.race([find(), aborted(signal)]);
  if (command === undefined) throw signal.reason;
  await using starting = new AsyncDisposableStack();
  const chains: Chain[] = [];
  for (const network of networks) {
    const { chainId, port } = network;
    const anvil = starting.use(
      await startAnvil({
        command,
        chainId,
        port: isFreePort(port) ? port : 0,
        blockTime: 2,
        args: PRUNING,
        signal,
      }),
    );
    const url = `http://localhost:${anvil.port}`;
    chains.push({ network, anvil, url, wallets: await fund(anvil, network.wallets) });
  }
  starting.move();
  return {
    chains,
    gone: Promise.race(chains.map(({ anvil }) => anvil.gone)),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(chains.map(({ anvil }) => anvil.stop()));
    },
  };
}

/** Returns a configuration with all wallets of these chains. */
export function walletConfig(chains: readonly Chain[]): string {
  return JSON.stringify(Object.fromEntries(chains.map((chain) => [
    chain.url,
    chain.wallets.filter(({ wallet }) => wallet !== world)
      .map(({ wallet, address }) => ({ address, label: wallet.label, min_balance_eth: wallet.minimum })),
  ])));
}

async function fund(anvil: Anvil, wallets: readonly DevWallet[]): Promise<Chain["wallets"]> {
  const accounts = await anvil.rpc("eth_accounts") as readonly string[];
  return await Promise.all([...wallets, world].map(async (wallet) => {
    const address = accounts[wallet.account];
    if (address === undefined) throw new Error(`Anvil has no account ${wallet.account}`);
    await anvil.setBalance(address, toWei(wallet.start));
    return { wallet, address };
  }));
}
