{{/* The application name: part of the selector, which is immutable. */}}
{{- define "wallet-balance-exporter.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimAll "-._" -}}
{{- end -}}

{{/* The container's name: the chart's name or alias, as in the agglayer chart 1.x. Part of Datadog annotation names. */}}
{{- define "wallet-balance-exporter.containerName" -}}
{{- .Chart.Name -}}
{{- end -}}

{{/* The full name; characters that are valid in labels but not in object names are replaced. */}}
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

{{/* The full name with a suffix, at most 63 characters. Called with (list context suffix). */}}
{{- define "wallet-balance-exporter.suffixedName" -}}
{{- $suffix := index . 1 -}}
{{- $name := include "wallet-balance-exporter.fullname" (index . 0) -}}
{{- $room := sub 62 (len $suffix) | int -}}
{{- /* A hash of the whole name keeps truncated names distinct. */ -}}
{{- if gt (len $name) $room -}}
{{- $name = printf "%s-%s" ($name | trunc (sub $room 7 | int) | trimAll "-.") (sha256sum $name | trunc 6) -}}
{{- end -}}
{{- printf "%s-%s" $name $suffix -}}
{{- end -}}

{{/* Service names must not contain dots and must start with a letter. */}}
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

{{/* The image reference; a repository that includes a registry keeps it. */}}
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

{{/* The image tag as a string; may be empty. */}}
{{- define "wallet-balance-exporter.imageTag" -}}
{{- $tag := (.Values.image).tag -}}
{{- if not (kindIs "invalid" $tag) -}}{{- include "wallet-balance-exporter.string" $tag -}}{{- end -}}
{{- end -}}

{{/* Image pull secrets without duplicates; global ones may be plain names. */}}
{{- define "wallet-balance-exporter.pullSecrets" -}}
{{- $all := list -}}
{{- $global := default list (.Values.global).imagePullSecrets -}}
{{- if not (kindIs "slice" $global) -}}{{- $global = list $global -}}{{- end -}}
{{- range concat $global .Values.imagePullSecrets -}}
{{- if . -}}{{- $all = append $all (ternary (dict "name" .) . (kindIs "string" .)) -}}{{- end -}}
{{- end -}}
{{- uniq $all | toYaml -}}
{{- end -}}

{{/* The application name of the `helm test` Pod. */}}
{{- define "wallet-balance-exporter.testName" -}}
{{- printf "%s-test" (include "wallet-balance-exporter.name" . | trunc 58 | trimAll "-.") -}}
{{- end -}}
