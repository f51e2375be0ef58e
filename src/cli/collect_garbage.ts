/** A smaller configuration leaves too little behind to be worth the time, in bytes of the heap. */
const MIN_COST = 4 * 2 ** 20;

/**
 * Frees what a large configuration leaves behind when it is read or replaced. The
 * engine would let it lie until the heap is full. Only the compiled program can ask for it.
 *
 * @param cost what the configuration takes, in bytes of the heap
 */
export function collectGarbage(cost: number): void {
  if (cost >= MIN_COST) (globalThis as { gc?: () => void }).gc?.();
}
