import { Counter, type Registry } from "prom-client";

/** Counts the alerts that are posted to one Alertmanager. */
export interface AlertmanagerMeter {
  recordPosted(alerts: number): void;
  recordFailed(alerts: number): void;
}

/**
 * Registers the families of alerts that the exporter posts by itself.
 *
 * @returns makes the meter of an Alertmanager, by its unique name
 */
export function registerAlertmanagerMetrics(registry: Registry): (alertmanager: string) => AlertmanagerMeter {
  const options = { labelNames: ["alertmanager"], registers: [registry] };
  const notifications = new Counter({
    name: "wallet_balance_exporter_alertmanager_notifications_total",
    help: "Alerts that the Alertmanager accepted: each counts every time that it is posted.",
    ...options,
  });
  const errors = new Counter({
    name: "wallet_balance_exporter_alertmanager_errors_total",
    help: "Alerts that could not be posted to the Alertmanager, or that it refused; they are posted again.",
    ...options,
  });
  return (alertmanager) => {
    const labels = { alertmanager };
    for (const counter of [notifications, errors]) counter.inc(labels, 0);
    return {
      recordPosted: (alerts) => notifications.inc(labels, alerts),
      recordFailed: (alerts) => errors.inc(labels, alerts),
    };
  };
}
