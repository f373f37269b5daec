{{- define "miroir.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{ end -}}
{{- end -}}

{{- define "miroir.secret" -}}
{{ .Values.miroir.existingSecret | default (include "miroir.name" .) }}
{{- end -}}

{{- define "miroir.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- /* Labels that never change, as a StatefulSet's selector can't: (dict "root" $ "component" "pod"). */ -}}
{{- define "miroir.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "miroir.antiAffinity" -}}
{{- if .with.podAntiAffinity.enabled }}
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: {{ .with.podAntiAffinity.topologyKey }}
          labelSelector:
            matchLabels:
              {{- include "miroir.selector" . | nindent 14 }}
{{- end }}
{{- end -}}

{{- define "miroir.nodes" -}}
{{- if .Values.meilisearch.enabled }}
{{- $perGroup := int .Values.meilisearch.nodesPerGroup }}
{{- $name := include "miroir.name" . }}
{{- range $i := until (mul $perGroup .Values.miroir.replicaGroups | int) }}
- id: meili-{{ $i }}
  address: http://{{ $name }}-meili-{{ $i }}.{{ $name }}-meili-headless.{{ $.Release.Namespace }}.svc:7700
  replica_group: {{ div $i $perGroup }}
{{- end }}
{{- else }}
{{- range .Values.miroir.nodes }}
- id: {{ .id | quote }}
  address: {{ .address | quote }}
  replica_group: {{ .replicaGroup | default 0 }}
{{- end }}
{{- end }}
{{- end -}}

{{- /* What the pods read. A pod is its name: its address may change, and is looked up by it. */ -}}
{{- define "miroir.config" -}}
{{- $name := include "miroir.name" . -}}
data_dir: /var/lib/miroir
shards: {{ .Values.miroir.shards }}
replica_groups: {{ .Values.miroir.replicaGroups }}
replication_factor: {{ .Values.miroir.replicationFactor }}
scatter:
  unavailable_shard_policy: {{ .Values.miroir.scatter.unavailableShardPolicy }}
task_store:
  backend: {{ .Values.miroir.taskStore.backend }}
  seal_key_file: /etc/miroir/cluster/seal
{{- if eq .Values.miroir.taskStore.backend "raft" }}
raft:
  bind: 0.0.0.0
peer:
  bind: 0.0.0.0
  secret_file: /etc/miroir/cluster/secret
peers:
{{- range $i := until (int .Values.miroir.replicas) }}
{{- $host := printf "%s-%d.%s-headless.%s.svc" $name $i $name $.Release.Namespace }}
- id: {{ $name }}-{{ $i }}
  raft: {{ $host }}:9001
  peer: {{ $host }}:9002
  http: http://{{ $host }}:7700
{{- end }}
{{- end }}
nodes:
{{- include "miroir.nodes" . }}
{{- end -}}
