import { type Account, byRequestType, isNative } from "../../assets/asset.ts";
import { confirm } from "./confirm.ts";
import { isUnknownRefusal, tryHalf } from "./half_call.ts";
import { multicallCall } from "./multicall_call.ts";
import { overrideBalancesCall } from "./override_balances.ts";
import { overrideViewsCall } from "./override_views.ts";
import { readByEthCall } from "./read_by_eth_call.ts";
import { type ChunkResult, firstErrorIn, isRefused, type ReadResult } from "./read_chunks.ts";
import { readMethods } from "./read_methods.ts";
import { readPlain } from "./read_plain.ts";
import { readWatched } from "./read_watched.ts";
import type { SizeLimit } from "./size_limit.ts";
import type { Question } from "./question.ts";
import { targetOfOthers } from "./target.ts";
import { isUnbounded } from "./token_gas.ts";

/** How long views use `batch` when only native balances work with the strategy, in milliseconds. */
const VIEWS_PAUSE_MS = 3_600_000;

/** This many views take half of the gas that a call may have. */
const HALF_GAS_VIEWS = 38;

/** Views that worked are paused after this many failures in a row. */
const MAX_VIEW_ATTEMPTS = 3;

type Read = (accounts: readonly Account[]) => Promise<ReadResult>;
type ReadBalances = (accounts: readonly Account[], methods: readonly Account[]) => Promise<ReadResult>;

/** How a strategy reads balances and views, each in requests of their own, and anything else. */
interface Carrier {
  readonly balance: ReadBalances;
  readonly view: Read;
  /** The limit of views per call, if they have one of their own. */
  readonly viewLimit?: SizeLimit;
  /** @default by batch */
  readonly method?: Read;
}

/** Reads native balances by one state override call and views by another. */
export async function readOverride(question: Question): Promise<ReadResult> {
  const { selector, target: { at } } = question;
  const found: ChunkResult[] = [];
  const readBalances: Read = (accounts) =>
    readByEthCall({ ...question, accounts }, selector.sizes.packed, (some) => overrideBalancesCall(some, at));
  const result = await readApart(question, {
    balance: async (accounts, methods) =>
      (methods.length === 0 ? undefined : await readWatched({ ...question, accounts }, methods, found)) ??
        await readBalances(accounts),
    view: (accounts) => readByEthCall({ ...question, accounts }, selector.views, (some) => overrideViewsCall(some, at)),
    viewLimit: selector.views,
    method: (accounts) => readMethods({ ...question, accounts }, found),
  });
  return await confirm("packed", result, question, overrideBalancesCall);
}

/**
 * Reads native balances and views by Multicall3. Inner calls share their gas, so one contract may have used that of the
 * others: those that failed are read again by batch.
 */
export async function readMulticall(contract: string, question: Question): Promise<ReadResult> {
  const { selector, target: { at } } = question;
  const read: Read = (accounts) =>
    readByEthCall({ ...question, accounts }, selector.sizes.multicall, (some) => multicallCall(contract, some, at));
  const result = await readApart(question, {
    balance: read,
    async view(accounts) {
      const result = await read(accounts);
      const failed = failedAt(result);
      if (failed.length === 0) return result;
      const again = await readByBatch(question, failed);
      return { ...result, chunks: [...result.chunks, ...again.chunks] };
    },
  });
  return await confirm("multicall", result, question, (some, at) => multicallCall(contract, some, at));
}

/** Reads native balances in one request and views in another, so that no contract can make them fail. */
async function readApart(question: Question, carrier: Carrier): Promise<ReadResult> {
  const { balance = [], view = [], method = [] } = byRequestType(question.accounts);
  if (balance.length === question.accounts.length) return await carrier.balance(balance, method);
  const [ofBalances, ofViews] = await Promise.all([
    balance.length === 0 ? NOTHING : carrier.balance(balance, method),
    view.length === 0 ? NOTHING : readUsual(question, view, carrier.view),
  ]);
  const works = balance.length === 0 || ofBalances.chunks.some(({ head }) => head !== undefined);
  const views = view.length === 0
    ? NOTHING
    : await fallBackForViews({ question, views: view, carrier, works }, ofViews);
  const readMethod = carrier.method ?? ((accounts) => readByBatch(question, accounts));
  const others = method.length === 0 || !works ? NOTHING : await readMethod(method);
  const parts = [ofBalances, views, others];
  // Only the native balances decide whether the endpoint is healthy, where there are any.
  const { failure } = parts.find(({ chunks }) => chunks.length > 0) ?? NOTHING;
  const itemFailure = works ? firstErrorIn(parts) : undefined;
  return { chunks: parts.flatMap(({ chunks }) => chunks), failure, itemFailure };
}

const NOTHING: ReadResult = { chunks: [], failure: undefined };

/** Views that were read, and whether their strategy works for native balances. */
interface Views {
  readonly question: Question;
  readonly views: readonly Account[];
  readonly carrier: Carrier;
  readonly works: boolean;
}

/** If only native balances work with the strategy, reads views by batch; for an hour if that repeats. */
async function fallBackForViews(of: Views, first: ReadResult): Promise<ReadResult> {
  const { question, views, works } = of;
  const { selector, limits: { clock } } = question;
  const result = works ? await readHalf(of, first) ?? first : first;
  const { failure } = result;
  // A read by batch does not count for the strategy.
  if (clock.now() < selector.viewsPausedUntil) return result;
  if (failure === undefined) {
    selector.viewAttempts = MAX_VIEW_ATTEMPTS;
    return result;
  }
  if (!works || !isRefused(failure)) return result;
  const known = selector.oversized.size;
  const lower = await readByBatch(question, views);
  // If the views at fault were identified, the strategy can read the others.
  if (lower.failure !== undefined || selector.oversized.size > known) {
    return lower.failure === undefined ? lower : result;
  }
  if (failure.refusal === "unsupported" || --selector.viewAttempts <= 0) {
    Object.assign(selector, { viewsPausedUntil: clock.now() + VIEWS_PAUSE_MS, viewAttempts: 1 });
  }
  return lower;
}

/** Retries a large call with half of its gas; undefined if it was not large, or failed again. */
async function readHalf(
  { question, views, carrier: { view, viewLimit } }: Views,
  { failure }: ReadResult,
): Promise<ReadResult | undefined> {
  const { selector, limits: { clock } } = question;
  if (failure === undefined || viewLimit === undefined || !isUnknownRefusal(failure)) return undefined;
  if (clock.now() < selector.viewsPausedUntil || Math.min(viewLimit.size, views.length) <= HALF_GAS_VIEWS) {
    return undefined;
  }
  return await tryHalf(viewLimit, HALF_GAS_VIEWS, clock.now(), () => readUsual(question, views, view));
}

/** Reads views by the strategy; oversized ones, and those that need more gas, by batch. */
async function readUsual(question: Question, views: readonly Account[], read: Read): Promise<ReadResult> {
  const { endpoint, selector, limits: { clock } } = question;
  if (clock.now() < selector.viewsPausedUntil) return await readByBatch(question, views);
  const isApart = (account: Account): boolean => selector.oversized.has(account.key) || isUnbounded(endpoint, account);
  const apart = views.filter(isApart);
  if (apart.length === 0) return await read(views);
  const result = await read(views.filter((account) => !isApart(account)));
  const rest = await readByBatch(question, apart);
  return { ...result, chunks: [...result.chunks, ...rest.chunks] };
}

function readByBatch(question: Question, accounts: readonly Account[]): Promise<ReadResult> {
  const target = question.accounts.some(isNative) ? targetOfOthers(question.target) : question.target;
  return readPlain({ ...question, accounts, target }, question.selector.lag);
}

/** Views that failed within a multicall that succeeded. */
function failedAt({ chunks }: ReadResult): readonly Account[] {
  return chunks.flatMap(({ head, values }) =>
    head === undefined ? [] : [...values].flatMap(([account, value]) => typeof value === "string" ? [account] : [])
  );
}
