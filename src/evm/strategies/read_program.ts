import type { Account, ValueProgram } from "../../assets/asset.ts";
import { RpcError } from "../../jsonrpc/errors.ts";
import { askOne } from "./ask.ts";
import { confirmProgram } from "./confirm_program.ts";
import { explainWords } from "./explain_words.ts";
import { programCall } from "./program_call.ts";
import {
  isOff,
  isTrustedProgram,
  learnFit,
  learnGas,
  noteContradiction,
  noteFailure,
  noteNoReference,
  noteWorking,
  type ProgramQuestion,
  programStateOf,
} from "./program_state.ts";
import { isAnyRead, isBusy, isRefused, mayBeOfCall, readChunks, type ReadResult, valuesIn } from "./read_chunks.ts";
import { readPlain } from "./read_plain.ts";
import { checkBlock } from "./same_block.ts";
import { grow } from "./size_limit.ts";
import type { Question } from "./question.ts";

const NOTHING: ReadResult = { chunks: [], failure: undefined };

/**
 * Reads accounts of one program, and those that it does not explain by their method. If the program fails, or is not
 * right, the method reads all of them.
 */
export async function readProgram(question: Question, program: ValueProgram): Promise<ReadResult> {
  const { endpoint, accounts, target: { previous = new Map<Account, bigint>() }, limits: { clock } } = question;
  const state = programStateOf(endpoint, program);
  grow(state.size, clock.now());
  if (isOff(state, program, clock.now())) return await readByMethod(question, accounts);
  const fresh = program.needsPrevious ? accounts.filter((account) => !previous.has(account)) : [];
  const first = fresh.length === 0 ? NOTHING : await readByMethod(question, fresh);
  const known = fresh.length === 0 ? previous : withValues(previous, first);
  // A program that is not trusted yet is tried with everything: the next poll has no time for that.
  const isNew = !isTrustedProgram(state, program, clock.now());
  const asked = !program.needsPrevious
    ? accounts
    : accounts.filter((account) => known.has(account) && (isNew || previous.has(account)));
  if (!isNew || mayProve(program, asked, known)) {
    return join(first, await readAsked({ ...question, accounts: asked, program, state, previous: known }));
  }
  const reference = await findReference({ ...question, program, state, previous: known });
  if (reference !== undefined) {
    const [account, value] = reference;
    const values = new Map([...known, [account, value]]);
    return join(
      first,
      await readAsked({ ...question, accounts: [account, ...asked], program, state, previous: values }),
    );
  }
  const others = asked.filter((account) => previous.has(account));
  if (others.length === 0) return first;
  return join(first, await readByMethod(question, others));
}

function join(first: ReadResult, rest: ReadResult): ReadResult {
  return {
    chunks: [...first.chunks, ...rest.chunks],
    failure: first.failure ?? rest.failure,
    itemFailure: first.itemFailure ?? rest.itemFailure,
  };
}

/** Finds an account whose value shows that the node runs the program right: one that no plan has. */
async function findReference(question: ProgramQuestion): Promise<readonly [Account, bigint] | undefined> {
  const { program, state, limits: { clock } } = question;
  const [like] = question.accounts;
  if (like === undefined || clock.now() < state.noReferenceUntil) return undefined;
  // A call has one override per address.
  const holders = new Set(question.accounts.map(({ holder }) => holder.toLowerCase()));
  const accounts = (program.references ?? []).filter((holder) => !holders.has(holder))
    .map((holder): Account => ({ asset: like.asset, holder, key: holder }));
  // Values are looked for from 1 on: each that is found is a proof.
  const previous = new Map(accounts.map((account) => [account, 1n]));
  const result = await runProgram({ ...question, accounts, previous }, new Map());
  for (const [account, value] of valuesIn(result)) {
    if (typeof value === "bigint") return [account, value];
  }
  noteNoReference(state, clock.now());
  return undefined;
}

/** Whether the values can show that the node runs the program right: it may answer 0 for all. */
function mayProve(
  program: ValueProgram,
  accounts: readonly Account[],
  known: ReadonlyMap<Account, bigint>,
): boolean {
  return program.control !== undefined || accounts.some((account) => isProven(program, known.get(account)));
}

function withValues(previous: ReadonlyMap<Account, bigint>, result: ReadResult): ReadonlyMap<Account, bigint> {
  const known = new Map(previous);
  for (const [account, value] of valuesIn(result)) if (typeof value === "bigint") known.set(account, value);
  return known;
}

async function readAsked(question: ProgramQuestion): Promise<ReadResult> {
  const { accounts, program, state, limits: { clock } } = question;
  const words = new Map<Account, bigint>();
  const { unread: _, ...result } = await runProgram(question, words);
  const { failure } = result;
  const isRefusal = failure !== undefined && isRefused(failure);
  // The method would be too much for an endpoint that throttles.
  if (failure !== undefined && mayBeOfCall(failure) && !isBusy(failure)) noteFailure(state, failure, clock.now());
  // Where the endpoint failed, the method would fail as well.
  if (words.size === 0) return isRefusal ? await readByMethod(question, accounts) : result;
  const values = new Map(valuesIn(result));
  const unexplained = [...words.keys()].filter((account) => typeof values.get(account) !== "bigint");
  const isProof = (account: Account): boolean => isProven(program, values.get(account));
  if (isImplausible(question, unexplained, words.keys().some(isProof))) {
    noteFailure(state, undefined, clock.now());
    return await readByMethod(question, accounts);
  }
  if (isAnyRead(result) && !await confirmProgram(question, result)) return await readByMethod(question, accounts);
  if (failure === undefined) noteWorking(state);
  // A default may be among the others: only what proves itself is taken then.
  const needsProof = program.needsPrevious && unexplained.length > 0;
  const isLeft = (account: Account): boolean =>
    !words.has(account) ? isRefusal : needsProof ? !isProof(account) : typeof values.get(account) !== "bigint";
  return await readLeft(question, result, accounts.filter(isLeft), unexplained);
}

function isProven(program: ValueProgram, value: unknown): boolean {
  return typeof value === "bigint" && program.proves(value);
}

/** Runs the program; accounts that it does not explain are missing. */
function runProgram(question: ProgramQuestion, words: Map<Account, bigint>): ReturnType<typeof readChunks> {
  const { endpoint, accounts, target, limits, program, state, previous } = question;
  const { clock } = limits;
  return readChunks(accounts, {
    clock,
    limit: state.size,
    extra: 0,
    endsEarly: true,
    async read(some) {
      const call = programCall(program, some, target.at);
      const { words: found, chainId, block } = await askOne(endpoint, call, limits).catch((error) => {
        if (!(error instanceof RpcError) || !learnGas(state, program, some.length, error, clock.now())) throw error;
        throw new RpcError(error.reason, error.message, "size");
      });
      const head = { chainId, block };
      target.admit(head);
      checkBlock(endpoint, target.at, block);
      if (found.length < some.length) learnFit(state, found.length, clock.now());
      const answers = found.flatMap((word, index) => {
        const account = some[index];
        if (account === undefined) return [];
        words.set(account, word);
        return [{ word, holder: account.holder, previous: previous.get(account) }];
      });
      const values = await explainWords(program, answers, clock);
      return { head, outcomes: answers.map((_, index) => values[index] ?? "missing") };
    },
  });
}

/**
 * Adds the accounts that are left, read by the method.
 *
 * @param unexplained those with a word that is no known value's
 */
async function readLeft(
  question: ProgramQuestion,
  result: ReadResult,
  left: readonly Account[],
  unexplained: readonly Account[],
): Promise<ReadResult> {
  const { program, state, previous, limits: { clock } } = question;
  const rest = left.length === 0 ? NOTHING : await readByMethod(question, left);
  const chainId = result.chunks.find(({ head }) => head !== undefined)?.head?.chainId;
  if (chainId !== undefined) {
    const values = new Map(valuesIn(rest));
    // By the method nothing changed, and the word is another all the same.
    const isContradicted = unexplained.some((account) => values.get(account) === previous.get(account));
    noteContradiction(state, program, isContradicted, chainId, clock.now());
  }
  return { ...rest, chunks: [...result.chunks, ...rest.chunks] };
}

/**
 * Whether a node may have answered the same default for all: most known values are not explained any more, or some are
 * not, and none of the others shows that it is right.
 */
function isImplausible(
  { program, accounts }: ProgramQuestion,
  { length }: readonly Account[],
  hasProof: boolean,
): boolean {
  return program.needsPrevious && length > 0 && (!hasProof || 2 * length > accounts.length);
}

function readByMethod(question: Question, accounts: readonly Account[]): Promise<ReadResult> {
  return readPlain({ ...question, accounts }, question.selector.lag);
}
