{{- define "wallet-balance-exporter.chartLabel" -}}
{{- printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Selector labels: equal to those of the agglayer chart 1.x, since a selector is immutable. */}}
{{- define "wallet-balance-exporter.selectorLabels" -}}
app.kubernetes.io/name: {{ include "wallet-balance-exporter.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{/* Labels of all objects. */}}
{{- define "wallet-balance-exporter.labels" -}}
{{- $own := dict
  "helm.sh/chart" (include "wallet-balance-exporter.chartLabel" .)
  "app.kubernetes.io/version" (.Chart.AppVersion | replace "+" "_" | trunc 63)
  "app.kubernetes.io/managed-by" .Release.Service
-}}
{{- $selector := include "wallet-balance-exporter.selectorLabels" . | fromYaml -}}
{{- $common := include "wallet-balance-exporter.stringMap" .Values.commonLabels | fromYaml -}}
{{- mustMergeOverwrite $common $own $selector | toYaml -}}
{{- end -}}

{{/* The environment as a string; empty for every value that is falsy, as in the agglayer chart 1.x. */}}
{{- define "wallet-balance-exporter.environment" -}}
{{- if .Values.env -}}{{- include "wallet-balance-exporter.string" .Values.env | trim -}}{{- end -}}
{{- end -}}

{{/*
Datadog's unified service tags. Called with (list context env). The Deployment always has an env, as in the agglayer
chart 1.x. The Pod's tags are added to every metric, so a Pod has an env only if the user set one.
*/}}
{{- define "wallet-balance-exporter.datadogLabels" -}}
{{- with index . 1 -}}
tags.datadoghq.com/env: {{ . | quote }}
{{ end -}}
{{- with index . 0 -}}
tags.datadoghq.com/service: {{ include "wallet-balance-exporter.fullname" . | quote }}
tags.datadoghq.com/version: {{ .Chart.AppVersion | replace "+" "_" | trunc 63 | quote }}
{{- end }}
{{- end -}}

{{/* Labels of an object, merged with the user's; selector and release labels win. Called with (list context labels). */}}
{{- define "wallet-balance-exporter.mergedLabels" -}}
{{- $own := include "wallet-balance-exporter.labels" (index . 0) | fromYaml -}}
{{- mustMergeOverwrite (include "wallet-balance-exporter.stringMap" (index . 1) | fromYaml) $own | toYaml -}}
{{- end -}}

{{- define "wallet-balance-exporter.metadata" -}}
{{- $context := index . 0 -}}
{{- $options := index . 1 -}}
name: {{ default (include "wallet-balance-exporter.fullname" $context) $options.name | quote }}
{{- with default $context.Values.namespaceOverride $options.namespace }}
namespace: {{ . | quote }}
{{- end }}
labels:
  {{- include "wallet-balance-exporter.mergedLabels" (list $context $options.labels) | nindent 2 }}
{{- with $options.annotations }}
annotations:
  {{- range $name, $value := . }}
  {{- if not (kindIs "invalid" $value) }}
  {{ $name }}: {{ include "wallet-balance-exporter.string" $value | quote }}
  {{- end }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* A value as a string, without exponent for large numbers. */}}
{{- define "wallet-balance-exporter.string" -}}
{{- if and (kindIs "float64" .) (eq (floor .) (float64 .)) -}}{{- printf "%.0f" . -}}{{- else -}}{{- toString . -}}{{- end -}}
{{- end -}}

{{/* A map of strings without the keys that are null. */}}
{{- define "wallet-balance-exporter.stringMap" -}}
{{- $kept := dict -}}
{{- range $name, $value := . -}}
{{- if not (kindIs "invalid" $value) -}}{{- $_ := set $kept $name (include "wallet-balance-exporter.string" $value) -}}{{- end -}}
{{- end -}}
{{- toYaml $kept -}}
{{- end -}}
