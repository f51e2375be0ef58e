import type { ReadBalance } from "./compare_with_plain.ts";
import { readAccounts } from "./read_batch.ts";
import { failureOf, type ReadResult, valuesIn } from "./read_chunks.ts";
import type { Question } from "./question.ts";

/** Without batches, each wallet takes a request. */
const MAX_WALLETS = 20;

/**
 * Finds a wallet with a positive `eth_getBalance` after a strategy returned 0 for all: on some chains the BALANCE
 * opcode always does.
 *
 * @returns undefined if the first wallets are empty
 * @throws {RpcError} if that is not answered
 */
export async function fundedOfZeros(result: ReadResult, question: Question): Promise<ReadBalance | undefined> {
  const zeros = zerosIn(result).slice(0, MAX_WALLETS);
  const accounts = zeros.map(({ account }) => account);
  const plain = await readAccounts({ ...question, accounts }, { chainId: undefined, block: undefined });
  const funded = valuesIn(plain).find(([, amount]) => typeof amount === "bigint" && amount > 0n)?.[0];
  if (funded !== undefined) return zeros.find(({ account }) => account === funded);
  const error = failureOf(plain);
  if (error !== undefined) throw error;
  return undefined;
}

function zerosIn({ chunks }: ReadResult): readonly ReadBalance[] {
  return chunks.flatMap(({ head, values }) => {
    if (head?.chainId === undefined) return [];
    const { chainId, block } = head;
    return [...values].flatMap(([account, amount]) =>
      amount === 0n && account.asset.requestType === "balance" ? [{ account, amount, head: { chainId, block } }] : []
    );
  });
}
