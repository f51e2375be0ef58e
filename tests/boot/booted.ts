import { ROOT } from "../program/exporter_command.ts";

/** Output and exit code of a command. */
export interface CommandResult {
  readonly code: number;
  readonly text: string;
}

/** A system booted by systemd in namespaces of this machine; its changes are discarded. */
export interface Booted extends AsyncDisposable {
  /** Runs a shell command as root. */
  run(line: string): Promise<CommandResult>;
}

/** In milliseconds. */
const MAX_BOOT_MS = 60_000;

/**
 * Boots systemd.
 *
 * @param release folder that is copied to `/opt/release`
 * @returns undefined if this user or machine cannot boot systemd
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

  async function run(line: string): Promise<CommandResult> {
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

async function command(program: string, ...args: readonly string[]): Promise<CommandResult> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args], stdin: "null" }).output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}
