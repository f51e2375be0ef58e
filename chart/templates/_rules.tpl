{{/* Seconds as Prometheus writes durations: called with a number. */}}
{{- define "wallet-balance-exporter.duration" -}}
{{- $seconds := int64 . -}}
{{- if eq (mod $seconds 3600) 0 -}}{{- div $seconds 3600 -}}h
{{- else if eq (mod $seconds 60) 0 -}}{{- div $seconds 60 -}}m
{{- else -}}{{- $seconds -}}s{{- end -}}
{{- end -}}

{{/* The rules with all markers replaced, before changes of alerts: a document with groups. */}}
{{- define "wallet-balance-exporter.rawRules" -}}
{{- $interval := include "wallet-balance-exporter.intervalSeconds" . | int64 -}}
{{- $step := max 300 $interval -}}
{{- $short := max 3600 (mul 6 $step) -}}
{{- $long := max 21600 (mul 24 $step) -}}
{{- $checks := max 900 (mul 3 $interval) -}}
{{- $labels := .Values.prometheusRule.identityLabels -}}
{{- $markers := dict
  "identity" (join ", " $labels)
  "network" (join ", " (without $labels "label" "address"))
  "exporter" (join ", " (without $labels "network" "label" "address"))
  "selector" (printf "namespace=%q,release=%q" (include "wallet-balance-exporter.namespace" .) .Release.Name)
  "interval" $interval
  "step" (include "wallet-balance-exporter.duration" $step)
  "step_seconds" $step
  "short" (include "wallet-balance-exporter.duration" $short)
  "long" (include "wallet-balance-exporter.duration" $long)
  "for_checks" (include "wallet-balance-exporter.duration" $checks)
  "for_short" (include "wallet-balance-exporter.duration" (add $short 600))
  "for_long" (include "wallet-balance-exporter.duration" (add $long 600))
  "stale_seconds" (max 3600 (mul 3 $interval))
  "stalled_seconds" (mul 3 $interval)
-}}
{{- $text := .Files.Get "files/rules.yaml" -}}
{{- range $name, $value := $markers -}}
{{- $text = replace (printf "@%s@" $name) (toString $value) $text -}}
{{- end -}}
{{- $text -}}
{{- end -}}

{{- define "wallet-balance-exporter.checkAlerts" -}}
{{- end -}}
