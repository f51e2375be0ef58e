{{/* Name of the Secret with the configuration. */}}
{{- define "wallet-balance-exporter.secretName" -}}
{{- if .Values.existingSecret.name -}}
{{- .Values.existingSecret.name -}}
{{- else -}}
{{- include "wallet-balance-exporter.suffixedName" (list . "config") -}}
{{- end -}}
{{- end -}}

{{- define "wallet-balance-exporter.secretKey" -}}
{{- if .Values.existingSecret.name -}}{{- .Values.existingSecret.field -}}{{- else -}}config{{- end -}}
{{- end -}}

{{/* The inline configuration as text. */}}
{{- define "wallet-balance-exporter.configText" -}}
{{- if .Values.config.text -}}
{{- .Values.config.text -}}
{{- else if kindIs "slice" .Values.config.networks -}}
{{- dict "version" 2 "networks" .Values.config.networks | toPrettyJson -}}
{{- else -}}
{{- .Values.config.networks | toPrettyJson -}}
{{- end -}}
{{- end -}}

{{/* The check interval as the exporter reads it: an integer without exponent, or a string. */}}
{{- define "wallet-balance-exporter.interval" -}}
{{- $interval := include "wallet-balance-exporter.variable" (list . "CHECK_INTERVAL" "") | default .Values.config.checkInterval.seconds -}}
{{- if kindIs "string" $interval -}}{{- trim $interval -}}{{- else -}}{{- int64 $interval -}}{{- end -}}
{{- end -}}

{{- define "wallet-balance-exporter.intervalSeconds" -}}
{{- include "wallet-balance-exporter.seconds" (include "wallet-balance-exporter.interval" .) -}}
{{- end -}}

{{/* A duration in seconds; 0 if it is invalid. */}}
{{- define "wallet-balance-exporter.seconds" -}}
{{- $text := . -}}
{{- if regexMatch "^[0-9]{1,9}$" $text -}}
{{- int64 $text -}}
{{- else if regexMatch "^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d|w))+$" $text -}}
{{- $units := dict "ms" 0.001 "s" 1.0 "m" 60.0 "h" 3600.0 "d" 86400.0 "w" 604800.0 -}}
{{- $sum := 0.0 -}}
{{- range regexFindAll "[0-9]+(\\.[0-9]+)?(ms|s|m|h|d|w)" $text -1 -}}
{{- $unit := regexFind "[a-z]+$" . -}}
{{- $sum = addf $sum (mulf (trimSuffix $unit . | float64) (get $units $unit)) -}}
{{- end -}}
{{- floor $sum | int64 -}}
{{- else -}}0{{- end -}}
{{- end -}}

{{/* http, or https with TLS. */}}
{{- define "wallet-balance-exporter.scheme" -}}
{{- ternary "https" "http" .Values.webConfig.tls -}}
{{- end -}}

{{/* Value of an environment variable: from extraEnv, else the default. Called with (list context name default). */}}
{{- define "wallet-balance-exporter.variable" -}}
{{- $name := index . 1 -}}
{{- $value := index . 2 -}}
{{- range (index . 0).Values.extraEnv -}}
{{- if and (eq .name $name) .value -}}{{- $value = .value -}}{{- end -}}
{{- end -}}
{{- $value -}}
{{- end -}}

{{/* The labels release and namespace of every series. */}}
{{- define "wallet-balance-exporter.releaseLabel" -}}
{{- include "wallet-balance-exporter.variable" (list . "RELEASE_NAME" .Release.Name) -}}
{{- end -}}

{{- define "wallet-balance-exporter.namespaceLabel" -}}
{{- include "wallet-balance-exporter.variable" (list . "POD_NAMESPACE" (include "wallet-balance-exporter.namespace" .)) -}}
{{- end -}}
