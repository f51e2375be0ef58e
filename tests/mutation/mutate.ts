import { type Mutant, mutantsOf } from "./mutants.ts";
import { EQUIVALENT, type Target, TARGETS } from "./targets.ts";

/** The least share of mutants that must be killed. */
const GOAL = 0.98;
const TIMEOUT_MS = 30_000;
const WORKERS = 2;

interface Outcome {
  readonly mutant: Mutant;
  readonly killed: boolean;
}

const root = new URL("../../", import.meta.url).pathname;

/** Copies what the tests need, so that mutants never touch the tree. */
async function copyTree(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "mutants-" });
  const { code } = await new Deno.Command("cp", {
    args: ["-r", "main.ts", "deno.json", "deno.lock", "src", "tests", "dev", folder],
    cwd: root,
  }).output();
  if (code !== 0) throw new Error("Cannot copy the tree");
  return folder;
}

/** Whether the tests fail. */
async function fails(folder: string, tests: readonly string[]): Promise<boolean> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-P", "--no-check", "--quiet", "--fail-fast", ...tests],
    cwd: folder,
    env: { ROUNDS: "3000", SEED: "1", NO_COLOR: "1" },
    stdout: "null",
    stderr: "null",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
  const { success } = await child.status;
  clearTimeout(timer);
  return !success;
}

async function judge(target: Target, folders: readonly string[]): Promise<readonly Outcome[]> {
  const source = await Deno.readTextFile(root + target.file);
  const known = EQUIVALENT.filter(({ file }) => file === target.file);
  const mutants = mutantsOf(source).filter(({ start, end, replacement }) =>
    !known.some((each) => each.code === source.slice(start, end) && each.replacement === replacement)
  );
  const queue = mutants.values();
  const outcomes: Outcome[] = [];
  await Promise.all(folders.map(async (folder) => {
    for (const mutant of queue) {
      const { start, end, replacement } = mutant;
      await Deno.writeTextFile(`${folder}/${target.file}`, source.slice(0, start) + replacement + source.slice(end));
      let killed = false;
      for (const test of target.tests) killed ||= await fails(folder, [test]);
      outcomes.push({ mutant, killed });
    }
    await Deno.writeTextFile(`${folder}/${target.file}`, source);
  }));
  report(target, source, outcomes, known.length);
  return outcomes;
}

function report({ file }: Target, source: string, outcomes: readonly Outcome[], left: number): void {
  const killed = outcomes.filter((outcome) => outcome.killed).length;
  const share = outcomes.length === 0 ? "none" : `${(100 * killed / outcomes.length).toFixed(1)} %`;
  const without = left === 0 ? "" : `, ${left} equivalent left out`;
  say(`${file}: ${killed} of ${outcomes.length} killed, ${share}${without}`);
  for (const { mutant, killed } of outcomes) {
    if (killed) continue;
    const [was] = source.slice(mutant.start, mutant.end).split("\n");
    say(`  survived, line ${mutant.line}: ${was} → ${mutant.replacement.split("\n")[0]}`);
  }
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

Deno.test({
  name: "mutants of the decoder, the matcher and the rules of reading are killed",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const wanted = (Deno.env.get("ONLY") ?? "").split(",").filter((part) => part !== "");
    const targets = TARGETS.filter(({ file }) => wanted.length === 0 || wanted.some((part) => file.includes(part)));
    const folders = await Promise.all(Array.from({ length: WORKERS }, copyTree));
    try {
      const [first = ""] = folders;
      for (const { tests } of targets) {
        if (await fails(first, tests)) throw new Error(`Cannot judge mutants: ${tests} fail without any`);
      }
      const all: Outcome[] = [];
      for (const target of targets) all.push(...await judge(target, folders));
      const killed = all.filter((outcome) => outcome.killed).length;
      say(`\nAll: ${killed} of ${all.length} killed, ${(100 * killed / all.length).toFixed(1)} %`);
      if (killed < GOAL * all.length) throw new Error(`Fewer than ${100 * GOAL} % were killed`);
    } finally {
      for (const folder of folders) await Deno.remove(folder, { recursive: true });
    }
  },
});
