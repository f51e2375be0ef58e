import type { Task } from "./worker.ts";

/**
 * Does tasks on all processors, and returns their results in order.
 *
 * @param onResult called for each at once; if it throws, no more are begun
 */
export async function inParallel<T>(
  tasks: readonly Task[],
  isResult: (data: unknown) => data is T,
  onResult: (result: T) => void = () => {},
): Promise<readonly T[]> {
  const results: T[] = [];
  let next = 0;
  async function work(): Promise<void> {
    const worker = new Worker(new URL("worker.ts", import.meta.url), { type: "module" });
    try {
      for (let index = next++; index < tasks.length; index = next++) {
        const { promise, resolve, reject } = Promise.withResolvers<unknown>();
        worker.onmessage = ({ data }): void => resolve(data);
        worker.onerror = (event): void => {
          event.preventDefault();
          reject(new Error(event.message));
        };
        worker.postMessage(tasks[index]);
        const data = await promise;
        if (!isResult(data)) throw new TypeError("A worker returned something else");
        onResult(data);
        results[index] = data;
      }
    } finally {
      worker.terminate();
    }
  }
  await Promise.all(Array.from({ length: Math.min(navigator.hardwareConcurrency, tasks.length) }, work));
  return results;
}
