{{/* The check of the Datadog Agent: what the original has, on the port and with the scheme in use, and without new families. */}}
{{- define "wallet-balance-exporter.datadogCheck" -}}
{{- $instance := dict
  "openmetrics_endpoint" (printf "%s://%%%%host%%%%:%d/metrics" (include "wallet-balance-exporter.scheme" .) (int64 .Values.ports.metrics))
  "namespace" "wallet_balance"
  "metrics" (list "^wallet_.*")
-}}
{{- if .Values.datadog.excludeNewMetrics -}}
{{- $_ := set $instance "exclude_metrics" (list
  "^wallet_balance_(threshold|spent|received)_eth"
  "^wallet_token_"
  "^wallet_balance_exporter_(?!(up|last_check_timestamp|info)$)"
) -}}
{{- end -}}
{{- if .Values.webConfig.tls -}}
{{- $_ := set $instance "tls_verify" false -}}
{{- end -}}
{{- $instance = mustMergeOverwrite $instance .Values.datadog.extraInstance -}}
{{- dict "openmetrics" (dict "init_config" dict "instances" (list $instance)) | toRawJson -}}
{{- end -}}

{{/* The Pod's annotations. Only Datadog's may hold templates: a Vault agent's have braces of their own. */}}
{{- define "wallet-balance-exporter.podAnnotations" -}}
{{- $context := . -}}
{{- $all := dict -}}
{{- if .Values.prometheusAnnotations.enabled -}}
{{- $_ := set $all "prometheus.io/scrape" "true" -}}
{{- $_ := set $all "prometheus.io/port" (toString (int64 .Values.ports.metrics)) -}}
{{- $_ := set $all "prometheus.io/path" "/metrics" -}}
{{- $_ := set $all "prometheus.io/scheme" (include "wallet-balance-exporter.scheme" .) -}}
{{- end -}}
{{- if and (eq .Values.config.delivery "env") (not .Values.existingSecret.name) -}}
{{- $_ := set $all "checksum/config" (include "wallet-balance-exporter.configText" . | sha256sum) -}}
{{- end -}}
{{- range $name, $value := .Values.podAnnotations -}}
{{- if not (kindIs "invalid" $value) -}}
{{- $text := include "wallet-balance-exporter.text" $value -}}
{{- if hasPrefix "ad.datadoghq.com/" $name -}}{{- $text = tpl $text $context | trim -}}{{- end -}}
{{- $_ := set $all $name $text -}}
{{- end -}}
{{- end -}}
{{- if $all -}}{{- toYaml $all -}}{{- end -}}
{{- end -}}
