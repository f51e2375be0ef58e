import { ROOT } from "../program/exporter_command.ts";

/** What a command said, and how it ended. */
export interface Said {
  readonly code: number;
  readonly text: string;
}

/** A system booted by systemd in namespaces of this machine; its changes are discarded. */
export interface Booted extends AsyncDisposable {
  /** Runs a line of shell as root in it. */
  run(line: string): Promise<Said>;
}

/** In milliseconds. */
const MAX_BOOT_MS = 60_000;

/**
 * Boots systemd.
 *
 * @param release a folder that is copied to `/opt/release` in it
 * @returns none where this user or this machine cannot
 */
export async function boot(release: string): Promise<Booted | undefined> {
  const child = new Deno.Command("unshare", {
    args: [
      ...["--mount", "--pid", "--fork", "--kill-child", "--uts", "--ipc", "--cgroup", "--propagation", "private"],
      ...["bash", "tests/boot/boot.sh", release],
    ],
    cwd: ROOT,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let hasEnded = false;
  const ended = child.status.then(() => hasEnded = true);

  async function run(line: string): Promise<Said> {
    const init = (await command("ps", "-o", "pid=", "--ppid", `${child.pid}`)).text.trim();
    const namespaces = ["-m", "-p", "-u", "-i", "-C", "-r", "-w"];
    return await command("nsenter", "-t", init, ...namespaces, "/bin/sh", "-c", `exec 2>&1; ${line}`);
  }

  for (const end = Date.now() + MAX_BOOT_MS; !hasEnded && Date.now() < end;) {
    const { text } = await run("systemctl is-system-running");
    if (/^(running|degraded)$/m.test(text)) {
      return {
        run,
        async [Symbol.asyncDispose](): Promise<void> {
          child.kill("SIGKILL");
          await ended;
          await Deno.remove("/run/wallet-balance-exporter-boot");
        },
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  if (!hasEnded) child.kill("SIGKILL");
  await ended;
  return undefined;
}

async function command(program: string, ...args: readonly string[]): Promise<Said> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args], stdin: "null" }).output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}
