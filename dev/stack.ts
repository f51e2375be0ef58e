import { type Anvil, type AnvilCommand, startAnvil } from "./anvil.ts";
import { aborted } from "./aborted.ts";
import { findAnvil } from "./find_anvil.ts";
import { isFreePort } from "./free_port.ts";
import { toWei } from "./traffic.ts";
import { type DevNetwork, type DevWallet, world } from "./wallets.ts";

/** A chain that runs, with its wallets funded. */
export interface Chain {
  readonly network: DevNetwork;
  readonly anvil: Anvil;
  /** The address under which the exporter knows the node; it makes the network's label. */
  readonly url: string;
  readonly wallets: readonly {
    readonly wallet: DevWallet;
    readonly address: string;
  }[];
}

/** All chains; disposing of it ends the nodes. */
export interface Stack extends AsyncDisposable {
  readonly chains: readonly Chain[];
  /** Settles if a node ends by itself. */
  readonly gone: Promise<Error>;
}

// A node that runs for days must not keep every block: it would fill memory and disk.
const frugal = ["--prune-history", "256", "--transaction-block-keeper", "256"];

/**
 * Starts a node for each network and funds its wallets. Leaves nothing running if one fails.
 *
 * @param networks which
 * @param signal gives up starting
 * @param find how anvil is found; npx may take its time to fetch it
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
        args: frugal,
        signal,
      }),
    );
    const url = `http://localhost:${anvil.port}`;
    chains.push({
      network,
      anvil,
      url,
      wallets: await fund(anvil, network.wallets),
    });
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

/** The configuration that makes the exporter watch all wallets of these chains. */
export function walletConfig(chains: readonly Chain[]): string {
  return JSON.stringify(Object.fromEntries(chains.map((chain) => [
    chain.url,
    chain.wallets.filter(({ wallet }) => wallet !== world).map((
      { wallet, address },
    ) => ({
      address,
      label: wallet.label,
      min_balance_eth: wallet.minimum,
    })),
  ])));
}

async function fund(
  anvil: Anvil,
  wallets: readonly DevWallet[],
): Promise<Chain["wallets"]> {
  const accounts = await anvil.rpc("eth_accounts") as readonly string[];
  return await Promise.all([...wallets, world].map(async (wallet) => {
    const address = accounts[wallet.account];
    if (address === undefined) {
      throw new Error(`Anvil has no account ${wallet.account}`);
    }
    await anvil.setBalance(address, toWei(wallet.start));
    return { wallet, address };
  }));
}
