import { readEnv } from "./util/process.ts";
import { cleanEnvironment, normalizeNoProxy } from "./cli/environment.ts";
import { healthcheckCommand } from "./cli/healthcheck_command.ts";
import { standardOutput } from "./cli/output.ts";
import { parseSettings } from "./cli/parse_settings.ts";
import { usageText } from "./cli/usage.ts";
import { describeError, EXIT, type ExitCode, ExitError } from "./util/errors.ts";
import { log } from "./util/log.ts";
import { REVISION, VERSION } from "./version.ts";

/** Runs the program with its arguments. Never throws. */
export async function run(args: readonly string[]): Promise<ExitCode> {
  logUncaughtErrors();
  cleanEnvironment(Deno.env);
  normalizeNoProxy(Deno.env);
  try {
    return await dispatch(args);
  } catch (error) {
    return reportError(error);
  }
}

async function dispatch(args: readonly string[]): Promise<ExitCode> {
  const invocation = parseSettings(args, readEnv);
  switch (invocation.command) {
    case "help":
      standardOutput.out(usageText(invocation.topic));
      return EXIT.ok;
    case "version":
      standardOutput.out(versionText());
      return EXIT.ok;
    // Loaded when needed: tables take 10 ms and 4 MB, which the exporter itself and its probes do without.
    case "check": {
      const { checkCommand } = await import("./cli/check_command.ts");
      return await checkCommand(invocation.settings, standardOutput);
    }
    case "convert": {
      const { convertCommand } = await import("./cli/convert_command.ts");
      return await convertCommand(invocation.settings, standardOutput);
    }
    case "once": {
      const { onceCommand } = await import("./cli/once_command.ts");
      return await onceCommand(invocation.settings, standardOutput, stopSignal());
    }
    case "plan": {
      const { planCommand } = await import("./cli/plan_command.ts");
      return await planCommand(invocation.settings, standardOutput);
    }
    case "rules": {
      const { rulesCommand } = await import("./cli/rules_command.ts");
      return await rulesCommand(invocation.settings, standardOutput, stopSignal());
    }
    case "healthcheck":
      return await healthcheckCommand(invocation.settings, standardOutput);
    case "run": {
      // By default SIGHUP ends the program; ignore it until there is a configuration to reload.
      onHangup(() => {});
      const { runCommand } = await import("./cli/run_command.ts");
      return await runCommand(invocation.settings, stopSignal(), onHangup);
    }
  }
}

function versionText(): string {
  const { os, arch } = Deno.build;
  const built = `revision ${REVISION}, Deno ${Deno.version.deno}, ${os} ${arch}`;
  return `wallet-balance-exporter ${VERSION} (${built})`;
}

/** Aborted on SIGTERM and SIGINT. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => controller.abort());
  }
  return controller.signal;
}

function onHangup(listener: () => void): void {
  Deno.addSignalListener("SIGHUP", listener);
}

/** An uncaught error must not stop the other networks. */
function logUncaughtErrors(): void {
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    log.error("Unexpected error", { error: describeError(event.reason) });
  });
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    log.error("Unexpected error", { error: describeError(event.error) });
  });
}

function reportError(error: unknown): ExitCode {
  if (error instanceof ExitError) {
    const advice = error.advice === "" ? "" : `\n${error.advice}.`;
    standardOutput.err(`wallet-balance-exporter: ${error.message}${advice}`);
    return error.exitCode;
  }
  standardOutput.err(`wallet-balance-exporter: unexpected error: ${describeError(error)}\nPlease report it.`);
  return EXIT.failure;
}
