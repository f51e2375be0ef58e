import type { Account, ValueProgram } from "../../assets/asset.ts";
import { startDeadline } from "../../http/deadline.ts";
import { type ChunkResult, firstErrorIn, type ReadResult, valuesIn } from "./read_chunks.ts";
import { readPlain } from "./read_plain.ts";
import { readProgram } from "./read_program.ts";
import type { Question } from "./question.ts";
import { targetOfOthers } from "./target.ts";

/**
 * Reads accounts of methods: by their programs, one after the other, and by batch those that have none.
 *
 * @param found chunks of accounts that were read already
 */
export async function readMethods(question: Question, found: readonly ChunkResult[]): Promise<ReadResult> {
  const { clock, deadline } = question.limits;
  // The balances, which were read before, are published after this.
  using own = startDeadline(clock, deadline.remaining() / 2, deadline.signal);
  const limits = { ...question.limits, deadline: own };
  const results: ReadResult[] = [{ chunks: found, failure: undefined }];
  const done = new Set(valuesIn({ chunks: found }).map(([account]) => account));
  const left = question.accounts.filter((account) => !done.has(account));
  for (const [program, accounts] of Map.groupBy(left, programOf)) {
    const part = { ...question, accounts, limits, target: targetOfOthers(question.target) };
    results.push(await (program === undefined ? readPlain(part, question.selector.lag) : readProgram(part, program)));
  }
  const failure = results.find(({ failure }) => failure !== undefined)?.failure;
  return { chunks: results.flatMap(({ chunks }) => chunks), failure, itemFailure: firstErrorIn(results) };
}

/** The program of an account, if it has one. */
export function programOf({ asset, holder }: Account): ValueProgram | undefined {
  const request = asset.request(holder);
  return request.type === "method" ? request.program : undefined;
}
