// Below the range that systems take free ports from, so that no other test's
// port 0 and no outgoing connection takes one between here and its use.
const first = 20_000;
const last = 29_999;

let next = first + Math.floor(Math.random() * (last - first));

/** A port that nobody listens on. No two calls give the same one for a long while. */
export function freePort(): number {
  for (;;) {
    next = next < last ? next + 1 : first;
    if (isFree(next)) return next;
  }
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "0.0.0.0", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}
