{{- define "wallet-balance-exporter.servicePort" -}}
{{- /* A headless Service does not map ports. */ -}}
{{- int64 (ternary .Values.ports.metrics (default .Values.ports.metrics .Values.service.port) (eq .Values.service.clusterIP "None")) -}}
{{- end -}}

{{/* The endpoint of a ServiceMonitor or PodMonitor. Called with (list context monitor). */}}
{{- define "wallet-balance-exporter.endpoint" -}}
{{- $context := index . 0 -}}
{{- $monitor := index . 1 -}}
{{- $scheme := default (include "wallet-balance-exporter.scheme" $context) $monitor.scheme -}}
{{- $endpoint := dict "port" "metrics" "path" "/metrics" "scheme" $scheme "honorLabels" $monitor.honorLabels -}}
{{- range list "interval" "scrapeTimeout" "relabelings" "metricRelabelings" "tlsConfig" "basicAuth" -}}
{{- if get $monitor . -}}{{- $_ := set $endpoint . (get $monitor .) -}}{{- end -}}
{{- end -}}
{{- if and (eq $scheme "https") (not $monitor.tlsConfig) -}}
{{- $_ := set $endpoint "tlsConfig" (dict "insecureSkipVerify" true) -}}
{{- end -}}
{{- mustMergeOverwrite $endpoint (default dict $monitor.extraEndpoint) | toYaml -}}
{{- end -}}

{{/* Scrape limits of a monitor, if set. */}}
{{- define "wallet-balance-exporter.scrapeLimits" -}}
{{- $monitor := . -}}
{{- range list "sampleLimit" "labelLimit" "labelNameLengthLimit" "labelValueLengthLimit" "targetLimit" }}
{{- $limit := index $monitor . }}
{{- if not (kindIs "invalid" $limit) }}
{{ . }}: {{ int64 $limit }}
{{- end }}
{{- end }}
{{- end -}}
