/// <reference lib="deno.worker" />
import { evaluateYear, EVERY, proveWindows, type Window } from "./compare.ts";

/** What a worker is asked for. */
export type Task = { readonly seed: number } | { readonly windows: readonly Window[]; readonly every?: number };

self.onmessage = async ({ data }: MessageEvent<Task>): Promise<void> => {
  self.postMessage("seed" in data ? evaluateYear(data.seed) : await proveWindows(data.windows, data.every ?? EVERY));
};
