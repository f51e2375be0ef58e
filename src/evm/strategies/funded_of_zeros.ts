import type { Sample } from "./compare_with_plain.ts";
import type { Question } from "./question.ts";
import { readAccounts } from "./read_batch.ts";
import type { Reading } from "./read_chunks.ts";
import { coinsIn } from "./view_call.ts";

/** So many wallets are asked for at most: where batches are refused, each takes a request. */
const MAX_WALLETS = 20;

/**
 * Finds a wallet that has coins by `eth_getBalance`, although a strategy returned 0 for all: on some chains the BALANCE
 * opcode always does.
 *
 * @param reading of coins, all of them 0
 * @param question what was asked
 * @returns nothing where the first wallets have nothing
 * @throws {RpcError} when that is not answered
 */
export async function fundedOfZeros(reading: Reading, question: Question): Promise<Sample | undefined> {
  const { endpoint, ladder, accounts, limits } = question;
  const zeros = zerosIn(reading, accounts).slice(0, MAX_WALLETS);
  const nowhere = { chainId: undefined, block: undefined };
  const addresses = zeros.map(({ address }) => address);
  const { pieces, failure, itemFailure } = await readAccounts(
    nowhere,
    endpoint,
    ladder.sizes.batch,
    addresses,
    limits,
    ladder.odd,
  );
  for (const { start, outcomes } of pieces) {
    const index = outcomes.findIndex((wei) => typeof wei === "bigint" && wei > 0n);
    if (index !== -1) return zeros[start + index];
  }
  const error = failure ?? itemFailure;
  if (error !== undefined) throw error;
  return undefined;
}

function zerosIn({ pieces }: Reading, accounts: readonly string[]): readonly Sample[] {
  const coins = coinsIn(accounts);
  return pieces.flatMap(({ start, head, outcomes }) => {
    if (head?.chainId === undefined) return [];
    const { chainId, block } = head;
    return outcomes.flatMap((wei, index) => {
      const address = accounts[start + index];
      return wei === 0n && address !== undefined && start + index < coins
        ? [{ address, wei, head: { chainId, block } }]
        : [];
    });
  });
}
