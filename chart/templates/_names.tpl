{{/* The name of the application: part of the selector, which can never change. */}}
{{- define "wallet-balance-exporter.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimAll "-._" -}}
{{- end -}}

{{/* The container's name: the chart's, or its alias, as in the original. Datadog's annotations have it in their names. */}}
{{- define "wallet-balance-exporter.containerName" -}}
{{- .Chart.Name -}}
{{- end -}}

{{/* The name of the objects: what a label may have and a name may not is replaced. */}}
{{- define "wallet-balance-exporter.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimAll "-." -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimAll "-." -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | lower | replace "_" "-" | trunc 63 | trimAll "-." -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The full name with an end, within 63 characters: called with (list context end). */}}
{{- define "wallet-balance-exporter.nameWith" -}}
{{- $end := index . 1 -}}
{{- $name := include "wallet-balance-exporter.fullname" (index . 0) -}}
{{- $room := sub 62 (len $end) | int -}}
{{- /* What is cut off still tells one release from another. */ -}}
{{- if gt (len $name) $room -}}
{{- $name = printf "%s-%s" ($name | trunc (sub $room 7 | int) | trimAll "-.") (sha256sum $name | trunc 6) -}}
{{- end -}}
{{- printf "%s-%s" $name $end -}}
{{- end -}}

{{/* Names of Services have no dots, and begin with a letter. */}}
{{- define "wallet-balance-exporter.serviceName" -}}
{{- $name := include "wallet-balance-exporter.fullname" . | replace "." "-" -}}
{{- if regexMatch "^[0-9]" $name -}}{{- $name = printf "svc-%s" $name | trunc 63 | trimSuffix "-" -}}{{- end -}}
{{- $name -}}
{{- end -}}

{{- define "wallet-balance-exporter.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{- define "wallet-balance-exporter.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "wallet-balance-exporter.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* What the image is called: a repository that names its registry keeps it. */}}
{{- define "wallet-balance-exporter.image" -}}
{{- $repository := default "agglayer/wallet-balance-exporter" .Values.image.repository -}}
{{- $registry := default .Values.image.registry (.Values.global).imageRegistry -}}
{{- $first := splitList "/" $repository | first -}}
{{- $hasRegistry := and (contains "/" $repository) (or (contains "." $first) (contains ":" $first) (eq $first "localhost")) -}}
{{- if and $registry (not $hasRegistry) -}}{{- printf "%s/" (trimSuffix "/" $registry) -}}{{- end -}}
{{- $repository -}}
{{- printf ":%s" (default .Chart.AppVersion (include "wallet-balance-exporter.imageTag" .)) -}}
{{- with .Values.image.digest -}}{{- printf "@%s" . -}}{{- end -}}
{{- end -}}

{{/* The tag as a text; nothing when there is none. */}}
{{- define "wallet-balance-exporter.imageTag" -}}
{{- $tag := (.Values.image).tag -}}
{{- if not (kindIs "invalid" $tag) -}}{{- include "wallet-balance-exporter.text" $tag -}}{{- end -}}
{{- end -}}

{{/* Secrets to pull with, each once; those of all charts may be names alone. */}}
{{- define "wallet-balance-exporter.pullSecrets" -}}
{{- $all := list -}}
{{- $global := default list (.Values.global).imagePullSecrets -}}
{{- if not (kindIs "slice" $global) -}}{{- $global = list $global -}}{{- end -}}
{{- range concat $global .Values.imagePullSecrets -}}
{{- if . -}}{{- $all = append $all (ternary (dict "name" .) . (kindIs "string" .)) -}}{{- end -}}
{{- end -}}
{{- uniq $all | toYaml -}}
{{- end -}}

{{/* The application's name in `helm test`'s Pod. */}}
{{- define "wallet-balance-exporter.testName" -}}
{{- printf "%s-test" (include "wallet-balance-exporter.name" . | trunc 58 | trimAll "-.") -}}
{{- end -}}
