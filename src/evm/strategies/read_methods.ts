import type { Account, ValueProgram } from "../../assets/asset.ts";
import { firstErrorIn, type ReadResult } from "./read_chunks.ts";
import { readPlain } from "./read_plain.ts";
import { readProgram } from "./read_program.ts";
import type { Question } from "./question.ts";

/** Reads accounts of methods: by their programs, one after the other, and by batch those that have none. */
export async function readMethods(question: Question): Promise<ReadResult> {
  const results: ReadResult[] = [];
  for (const [program, accounts] of Map.groupBy(question.accounts, programOf)) {
    const part = { ...question, accounts };
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
