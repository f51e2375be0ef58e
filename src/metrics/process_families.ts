import process from "node:process";
import type { FamilyHead } from "./exposition.ts";

/** A family of one number. */
export interface ProcessFamily extends FamilyHead {
  read(): number;
}

/**
 * The standard process families, as far as they can be told truthfully without
 * further permissions: open files, for one, cannot.
 */
export const PROCESS_FAMILIES: readonly ProcessFamily[] = [
  {
    name: "process_cpu_seconds_total",
    type: "counter",
    help: "Total user and system CPU time spent in seconds.",
    read() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
  },
  {
    name: "process_resident_memory_bytes",
    type: "gauge",
    help: "Resident memory size in bytes.",
    read: () => Deno.memoryUsage().rss,
  },
  {
    name: "process_start_time_seconds",
    type: "gauge",
    help: "Start time of the process since the Unix epoch in seconds.",
    read: () => performance.timeOrigin / 1000,
  },
];
