/**
 * Ends a child: asks with SIGTERM, insists with SIGKILL once `graceMs` have
 * passed, and returns when it has ended. A child that ended already is fine.
 */
export async function terminate(
  child: Deno.ChildProcess,
  graceMs = 1_000,
): Promise<void> {
  send(child, "SIGTERM");
  const timer = setTimeout(() => send(child, "SIGKILL"), graceMs);
  try {
    await child.status;
  } finally {
    clearTimeout(timer);
  }
}

function send(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It ended a moment ago, and its status says so.
  }
}
