/**
 * Finds the known word that a mistyped one was meant to be.
 * @returns one that differs in case and separators only, else the nearest by edit distance, if it is near at all
 */
export function closest(typed: string, known: readonly string[]): string | undefined {
  const bare = withoutSeparators(typed.slice(0, MAX_COMPARED));
  const limit = Math.max(1, Math.floor(bare.length / 3));
  const ranked = known.map((word) => ({ word, distance: distance(bare, withoutSeparators(word)) }));
  const [best] = ranked.sort((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= limit ? best.word : undefined;
}

/** Advice on a mistyped word: the known one that was meant, if any is near, before other advice. */
export function didYouMean(typed: string, known: readonly string[], advice: string): string {
  const near = closest(typed, known);
  return near === undefined ? advice : `Did you mean ${near}? ${advice}`;
}

/** Returns whether two words differ in case and separators only, as `minBalanceEth` and `min_balance_eth` do. */
export function isSpelledAlike(typed: string, known: string): boolean {
  return withoutSeparators(typed.slice(0, MAX_COMPARED)) === withoutSeparators(known);
}

const MAX_COMPARED = 64;

function withoutSeparators(word: string): string {
  return word.toLowerCase().replace(/[\s_.-]+/g, "");
}

/** Levenshtein's distance, one row at a time; two letters that changed places are one mistake. */
function distance(a: string, b: string): number {
  let before: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwap ? (before[j - 2] ?? 0) + 1 : Infinity;
      next.push(Math.min(change, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Formats a number of things: `1 wallet`, `2 wallets`. */
export function formatCount(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/**
 * Makes names unique: the first keeps its name; later ones get `_2`, `_3` …, passing over names that others have.
 *
 * @returns in the same order
 */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set(names);
  /** The next number of each name: counting from 2 each time takes minutes where there are many. */
  const next = new Map<string, number>();
  return names.map((name) => {
    let number = next.get(name);
    if (number === undefined) {
      next.set(name, 2);
      return name;
    }
    while (taken.has(`${name}_${number}`)) number++;
    taken.add(`${name}_${number}`);
    next.set(name, number + 1);
    return `${name}_${number}`;
  });
}
