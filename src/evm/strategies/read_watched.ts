import type { Account, ValueProgram } from "../../assets/asset.ts";
import { AccountValues } from "./account_values.ts";
import { overrideDigestCall } from "./override_digest.ts";
import {
  isOff,
  isTrustedProgram,
  noteFailure,
  noteWorking,
  type ProgramState,
  programStateOf,
} from "./program_state.ts";
import { readByEthCall } from "./read_by_eth_call.ts";
import { type ChunkResult, isAnyRead, isBusy, isRefused, mayBeOfCall, type ReadResult } from "./read_chunks.ts";
import { programOf } from "./read_methods.ts";
import type { Question } from "./question.ts";

/** How long balances are read without the digest after a failure that may be its fault, in milliseconds. */
const SHORT_PAUSE_MS = 60_000;

/** A value that is known, of the holder of a balance. */
interface Watched {
  readonly account: Account;
  readonly value: bigint;
  /** What the digest has of it. */
  readonly hash: bigint;
}

/** The accounts of a program that the digest of the balance call has something of. */
interface Watch {
  readonly state: ProgramState;
  /** By holder, as the balances' accounts have it. */
  readonly byHolder: ReadonlyMap<string, Watched>;
}

/**
 * Reads native balances, and in the same calls whether codes are still the known ones.
 *
 * @param methods the accounts of methods; those of codes are among them
 * @param found where chunks of the codes are added that did not change
 * @returns undefined if no code is known, the program is off, or balances can only be read without it
 */
export async function readWatched(
  question: Question,
  methods: readonly Account[],
  found: ChunkResult[],
): Promise<ReadResult | undefined> {
  const { selector, accounts, target: { at }, limits: { clock, patient = true } } = question;
  const watch = watchOf(question, methods);
  if (watch === undefined) return undefined;
  const { state, byHolder } = watch;
  const isWatched = ({ holder }: Account): boolean => byHolder.has(holder);
  // A call's digest is of its first accounts.
  const sorted = [...accounts.filter(isWatched), ...accounts.filter((account) => !isWatched(account))];
  const result = await readByEthCall(
    { ...question, accounts: sorted },
    selector.sizes.packed,
    (some) => overrideDigestCall(some, some.filter(isWatched).length, at),
    (some, { chainId, block, areCodes }) => {
      const same = some.flatMap(({ holder }) => byHolder.get(holder) ?? []);
      if (same.length === 0 || !areCodes(same.map(({ hash }) => hash))) return;
      const values = new AccountValues(same.map(({ account }) => account), same.map(({ value }) => value));
      found.push({ head: { chainId, block }, values });
    },
  );
  const { failure } = result;
  if (failure === undefined) noteWorking(state.digest);
  if (failure === undefined || !mayBeOfCall(failure)) return result;
  noteFailure(state.digest, failure, clock.now());
  if (isRefused(failure)) return undefined;
  // A gateway may answer so to this call alone: the next attempt is without it.
  state.digest.pausedUntil = Math.max(state.digest.pausedUntil, clock.now() + SHORT_PAUSE_MS);
  return isBusy(failure) || !patient || isAnyRead(result) ? result : undefined;
}

function watchOf(question: Question, methods: readonly Account[]): Watch | undefined {
  const { endpoint, target: { previous }, limits: { clock } } = question;
  if (previous === undefined) return undefined;
  const byHolder = new Map<string, Watched>();
  let program: ValueProgram | undefined;
  for (const account of methods) {
    const own = programOf(account);
    const value = previous.get(account);
    if (own?.digestWord === undefined || value === undefined) continue;
    program = own;
    byHolder.set(account.holder, { account, value, hash: own.digestWord(value) });
  }
  if (program === undefined) return undefined;
  const state = programStateOf(endpoint, program);
  // It is compared with the method once a day, when the program itself runs.
  const now = clock.now();
  const isUsable = !isOff(state, program, now) && isTrustedProgram(state, program, now) &&
    now >= state.digest.pausedUntil;
  return isUsable ? { state, byHolder } : undefined;
}
