// All below the range that systems take free ports from, so that no port 0 and
// no outgoing connection takes one between here and its use: each test file that
// runs has a hundred ports of its own, as long as it holds the door to them.
const firstDead = 19_000;
const firstDoor = 19_900;
const firstPort = 20_000;
const files = 100;
const portsOfAFile = 100;

const mine = firstPort + claimRange() * portsOfAFile;
let taken = Math.floor(Math.random() * portsOfAFile);
let dead = Math.floor(Math.random() * (firstDoor - firstDead));

/** A port that nobody listens on. No two calls give the same one for a long while. */
export function freePort(): number {
  for (;;) {
    taken = (taken + 1) % portsOfAFile;
    const listener = open(mine + taken);
    listener?.close();
    if (listener !== null) return mine + taken;
  }
}

/** A port that nobody listens on, now or later: connections to it are refused. */
export function deadPort(): number {
  dead = (dead + 1) % (firstDoor - firstDead);
  return firstDead + dead;
}

/** Takes a range that no other file has, and holds it until this one's tests have ended. */
function claimRange(): number {
  const start = Math.floor(Math.random() * files);
  for (let step = 0; step < files; step++) {
    const range = (start + step) % files;
    const door = open(firstDoor + range);
    door?.unref();
    if (door !== null) return range;
  }
  throw new Error(`more than ${files} test files run at once`);
}

function open(port: number): Deno.Listener | null {
  try {
    return Deno.listen({ hostname: "0.0.0.0", port });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return null;
    throw error;
  }
}
