"""One mistake for each promise that is made about Kubernetes manifests, and the check that must name it.

Each is an overlay's rendering with one place changed: an object by kind and name, a path in it, and what is there
instead. A value of None removes what is there.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from tools.kubernetes.checks.check import Cluster
from tools.kubernetes.findings import ObjectPath
from tools.kubernetes.objects import KubernetesObject

EVERYTHING: Final = "examples/eks-workloads.yaml"
FARGATE: Final = "examples/eks-fargate.yaml"
MIXED: Final = "examples/eks-mixed-nodes.yaml"
AUTO: Final = "examples/eks-auto-mode.yaml"
_POD: Final[ObjectPath] = ("spec", "template", "spec")
_APP: Final[ObjectPath] = (*_POD, "containers", 0)


@dataclass(frozen=True)
class ManifestDefect:
    """A mistake."""

    name: str
    kind: str
    object: str
    path: ObjectPath
    value: Any
    check: str
    environment: str = EVERYTHING

    def seed(self, cluster: Cluster) -> Cluster:
        """The cluster with the mistake.

        Args:
            cluster: Without it.
        """
        changed, objects = 0, []
        for each in cluster.objects:
            if each.kind == self.kind and each.name == self.object:
                document = deepcopy(dict(each.document))
                _set(document, self.path, self.value)
                changed += 1
                objects.append(KubernetesObject(document, each.sources))
            else:
                objects.append(each)
        assert changed, f"there is no {self.kind} {self.object}"
        return Cluster(cluster.environment, objects, cluster.manifests)


def _set(document: Any, path: ObjectPath, value: object) -> None:  # noqa: ANN401 - a mapping or a list
    if not path:
        document["metadata"]["name"] = "gone"
        return
    *above, last = path
    for part in above:
        document = document.setdefault(part, {}) if isinstance(document, dict) else document[part]
    if value is None:
        del document[last]
    elif last == "+":
        document.append(value)
    else:
        document[last] = value


def _app(name: str, path: ObjectPath, value: object, check: str) -> ManifestDefect:
    return ManifestDefect(name, "Deployment", "hello", (*_APP, *path), value, check)


def _pod(name: str, path: ObjectPath, value: object, check: str) -> ManifestDefect:
    return ManifestDefect(name, "Deployment", "hello", (*_POD, *path), value, check)


def _one(kind: str, name: str, path: ObjectPath, value: object, check: str, ending: str = "") -> ManifestDefect:
    return ManifestDefect(name, kind, f"hello{ending}", path, value, check)


def _class(name: str, path: ObjectPath, value: object, check: str) -> ManifestDefect:
    return ManifestDefect(name, "StorageClass", "encrypted-gp3", path, value, check)


def _role(name: str, path: ObjectPath, value: object, check: str) -> ManifestDefect:
    return ManifestDefect(name, "Role", "hello-delivery", path, value, check)


DEFECTS: Final = (
    # Pod Security
    ManifestDefect(
        "namespace is baseline",
        "Namespace",
        "hello",
        ("metadata", "labels", "pod-security.kubernetes.io/enforce"),
        "baseline",
        "namespace_enforces_restricted",
    ),
    _pod("host network", ("hostNetwork",), True, "pod_has_namespaces_of_its_own"),
    _pod("host PID", ("hostPID",), True, "pod_has_namespaces_of_its_own"),
    _app("privileged", ("securityContext", "privileged"), True, "container_is_not_privileged"),
    _app(
        "privilege escalation",
        ("securityContext", "allowPrivilegeEscalation"),
        None,
        "container_does_not_gain_privileges",
    ),
    _app("capabilities kept", ("securityContext", "capabilities"), None, "container_drops_capabilities"),
    _app(
        "capability added",
        ("securityContext", "capabilities", "add"),
        ["NET_ADMIN"],
        "container_drops_capabilities",
    ),
    _pod("root", ("securityContext", "runAsNonRoot"), None, "container_runs_as_non_root"),
    _pod("user 0", ("securityContext", "runAsUser"), 0, "container_runs_as_non_root"),
    _pod("no seccomp", ("securityContext", "seccompProfile"), None, "container_has_a_seccomp_profile"),
    _app("host port", ("ports", 0, "hostPort"), 8080, "container_uses_no_host_port"),
    _pod("host path", ("volumes", 0), {"name": "program", "hostPath": {"path": "/"}}, "volume_is_of_an_allowed_kind"),
    _pod(
        "sysctl",
        ("securityContext", "sysctls"),
        [{"name": "net.core.somaxconn", "value": "1"}],
        "kernel_settings_are_the_default",
    ),
    _app("proc unmasked", ("securityContext", "procMount"), "Unmasked", "kernel_settings_are_the_default"),
    # Containers
    _app("tag latest", ("image",), "111122223333.dkr.ecr.eu-west-1.amazonaws.com/app:latest", "image_is_pinned"),
    _app("no tag", ("image",), "111122223333.dkr.ecr.eu-west-1.amazonaws.com/app", "image_is_pinned"),
    _app("Docker Hub", ("image",), "docker.io/library/nginx:1.29.1", "image_comes_through_the_cache"),
    _app(
        "past the cache",
        ("image",),
        "public.ecr.aws/docker/library/python:3.13.13-alpine",
        "image_comes_through_the_cache",
    ),
    _app("pulled always", ("imagePullPolicy",), "Always", "image_is_pulled_for_a_tag_once"),
    _app("no memory limit", ("resources", "limits", "memory"), None, "container_states_requests_and_limits"),
    _app("no requests", ("resources", "requests"), {}, "container_states_requests_and_limits"),
    _app("request above limit", ("resources", "requests", "memory"), "1Gi", "request_is_within_the_limit"),
    _app("no readiness", ("readinessProbe",), None, "container_has_probes"),
    _app("no liveness", ("livenessProbe",), None, "container_has_probes"),
    _app("probe of another port", ("livenessProbe", "httpGet", "port"), 9090, "probe_asks_a_port_of_the_container"),
    _app(
        "writable root",
        ("securityContext", "readOnlyRootFilesystem"),
        False,
        "root_file_system_is_read_only",
    ),
    _app("password", ("env",), [{"name": "DB_PASSWORD", "value": "hunter2"}], "secret_is_not_in_the_manifest"),
    _pod("boundless directory", ("volumes", 3, "emptyDir"), {}, "empty_directory_has_a_size"),
    # References
    ManifestDefect(
        "selector without pods",
        "Deployment",
        "hello",
        ("spec", "selector", "matchLabels"),
        {"app": "helo"},
        "selector_selects_the_pods_of_its_template",
    ),
    ManifestDefect(
        "Service without pods", "Service", "hello", ("spec", "selector"), {"a": "b"}, "service_selects_pods"
    ),
    ManifestDefect(
        "port without container",
        "Service",
        "hello",
        ("spec", "ports", 0, "targetPort"),
        "web",
        "service_port_is_one_of_the_pods",
    ),
    ManifestDefect(
        "Ingress without Service",
        "Ingress",
        "hello",
        ("spec", "rules", 0, "http", "paths", 0, "backend", "service", "name"),
        "helo",
        "ingress_leads_to_a_service",
    ),
    _pod("no ConfigMap", ("volumes", 0, "configMap", "name"), "gone", "config_map_or_secret_is_there"),
    _pod(
        "no claim",
        ("volumes", 2),
        {"name": "configuration", "persistentVolumeClaim": {"claimName": "gone"}},
        "claim_is_there",
    ),
    _pod("no service account", ("serviceAccountName",), "helo", "service_account_is_there"),
    _app("mount without volume", ("volumeMounts", 0, "name"), "programm", "mount_names_a_volume"),
    ManifestDefect(
        "autoscaler of nothing",
        "HorizontalPodAutoscaler",
        "hello",
        ("spec", "scaleTargetRef", "name"),
        "helo",
        "autoscaler_scales_a_workload",
    ),
    ManifestDefect(
        "budget of nothing",
        "PodDisruptionBudget",
        "hello",
        ("spec", "selector", "matchLabels"),
        {"app": "helo"},
        "disruption_budget_selects_pods",
    ),
    ManifestDefect(
        "policy of nothing",
        "NetworkPolicy",
        "hello",
        ("spec", "podSelector", "matchLabels"),
        {"app": "helo"},
        "network_policy_selects_pods",
    ),
    ManifestDefect("another namespace", "Service", "hello", ("metadata", "namespace"), "helo", "namespace_is_there"),
    # Reliability
    _pod("default account", ("serviceAccountName",), None, "service_account_is_its_own"),
    _pod("token", ("automountServiceAccountToken",), True, "token_is_not_mounted"),
    ManifestDefect(
        "replicas beside an autoscaler", "Deployment", "hello", ("spec", "replicas"), 2, "replicas_are_the_autoscalers"
    ),
    ManifestDefect(
        "minimum above maximum",
        "HorizontalPodAutoscaler",
        "hello",
        ("spec", "minReplicas"),
        9,
        "autoscaler_has_what_it_measures",
    ),
    ManifestDefect(
        "budget in another namespace",
        "PodDisruptionBudget",
        "hello",
        ("metadata", "namespace"),
        "journal",
        "workload_has_a_disruption_budget",
    ),
    ManifestDefect(
        "budget without disruption",
        "PodDisruptionBudget",
        "hello",
        ("spec", "maxUnavailable"),
        0,
        "disruption_budget_allows_a_disruption",
    ),
    _pod("no spread", ("topologySpreadConstraints",), [], "pods_spread_over_zones"),
    _pod("short grace period", ("terminationGracePeriodSeconds",), 10, "pods_end_within_their_grace_period"),
    ManifestDefect("recreate", "Deployment", "hello", ("spec", "strategy"), {"type": "Recreate"}, "rollout_keeps_pods"),
    ManifestDefect(
        "small quota",
        "ResourceQuota",
        "hello",
        ("spec", "hard", "requests.cpu"),
        "500m",
        "quota_holds_what_is_asked_for",
    ),
    # Network
    ManifestDefect(
        "open by default",
        "NetworkPolicy",
        "default-deny",
        ("spec", "policyTypes"),
        ["Ingress"],
        "namespace_denies_by_default",
    ),
    ManifestDefect("no DNS", "NetworkPolicy", "dns", ("spec", "egress"), [], "pods_reach_dns"),
    ManifestDefect(
        "no credentials",
        "NetworkPolicy",
        "hello",
        ("spec", "egress", 0, "to", 0, "ipBlock", "cidr"),
        "169.254.169.254/32",
        "pods_reach_their_credentials",
    ),
    ManifestDefect("role of nobody", "ServiceAccount", "hello", (), None, "role_has_its_service_account"),
    _pod("program without role", ("serviceAccountName",), "helo", "pod_with_aws_programs_has_a_role"),
    ManifestDefect(
        "class without controller",
        "Ingress",
        "hello",
        ("spec", "ingressClassName"),
        "nginx",
        "ingress_has_a_controller",
    ),
    ManifestDefect(
        "targets are node ports",
        "Ingress",
        "hello",
        ("metadata", "annotations", "alb.ingress.kubernetes.io/target-type"),
        "instance",
        "ingress_sends_to_pods",
    ),
    ManifestDefect(
        "plain HTTP in the internet",
        "Ingress",
        "hello",
        ("metadata", "annotations", "alb.ingress.kubernetes.io/scheme"),
        "internet-facing",
        "ingress_of_the_internet_is_encrypted",
    ),
    ManifestDefect(
        "open to the internet by its class",
        "IngressClassParams",
        "alb",
        ("spec", "scheme"),
        "internet-facing",
        "ingress_of_the_internet_is_encrypted",
        AUTO,
    ),
    ManifestDefect(
        "group in EKS Auto Mode",
        "Ingress",
        "hello",
        ("metadata", "annotations", "alb.ingress.kubernetes.io/group.name"),
        "shop",
        "ingress_has_a_controller",
        AUTO,
    ),
    ManifestDefect(
        "load balancer of a Service",
        "Service",
        "hello",
        ("spec", "type"),
        "LoadBalancer",
        "service_opens_no_port_of_its_own",
    ),
    # Nodes
    _pod("no such node", ("nodeSelector",), {"kubernetes.io/arch": "amd64"}, "pods_have_nodes"),
    _pod(
        "no such zone",
        ("nodeSelector",),
        {"topology.kubernetes.io/zone": "eu-west-1d"},
        "zone_is_one_of_the_environment",
    ),
    ManifestDefect("no toleration", "Job", "gpu", (*_POD, "tolerations"), [], "pods_have_nodes", MIXED),
    ManifestDefect(
        "another namespace than the profile's",
        "Deployment",
        "hello",
        ("spec", "template", "metadata", "labels", "size"),
        "large",
        "pods_have_nodes",
        FARGATE,
    ),
    _app("too large", ("resources",), {"requests": {"cpu": "3", "memory": "1Gi"}}, "pods_fit_on_a_node"),
    _app("too much memory", ("resources", "requests", "memory"), "7800Mi", "pods_fit_on_a_node"),
    ManifestDefect(
        "too many GPUs",
        "Job",
        "gpu",
        (*_APP, "resources", "limits", "nvidia.com/gpu"),
        9,
        "pods_fit_on_a_node",
        MIXED,
    ),
    ManifestDefect(
        "privileged on Fargate",
        "Deployment",
        "hello",
        (*_APP, "securityContext", "privileged"),
        True,
        "nodes_can_do_what_pods_need",
        FARGATE,
    ),
    ManifestDefect(
        "limit above request on Fargate",
        "Deployment",
        "hello",
        (*_APP, "resources", "limits", "cpu"),
        "2",
        "fargate_limits_are_requests",
        FARGATE,
    ),
    ManifestDefect("Windows unsaid", "Deployment", "windows", (*_POD, "os"), None, "windows_pods_say_so", MIXED),
    ManifestDefect(
        "GPU node without a GPU",
        "Job",
        "gpu",
        (*_APP, "resources", "limits"),
        {"cpu": "2", "memory": "4Gi"},
        "devices_are_asked_for_by_taint",
        MIXED,
    ),
    # Storage
    ManifestDefect(
        "not encrypted", "StorageClass", "encrypted-gp3", ("parameters", "encrypted"), "false", "storage_class_encrypts"
    ),
    ManifestDefect(
        "bound at once",
        "StorageClass",
        "encrypted-gp3",
        ("volumeBindingMode",),
        "Immediate",
        "storage_class_waits_for_the_pod",
    ),
    ManifestDefect(
        "driver not installed",
        "StorageClass",
        "encrypted-gp3",
        ("provisioner",),
        "efs.csi.aws.com",
        "driver_is_installed",
    ),
    ManifestDefect(
        "no such class",
        "StatefulSet",
        "journal",
        ("spec", "volumeClaimTemplates", 0, "spec", "storageClassName"),
        "gp2",
        "storage_class_is_there",
    ),
    ManifestDefect(
        "shared disk",
        "StatefulSet",
        "journal",
        ("spec", "volumeClaimTemplates", 0, "spec", "accessModes"),
        ["ReadWriteMany"],
        "access_mode_is_one_of_the_driver",
    ),
    _class("in-tree plugin", ("provisioner",), "kubernetes.io/aws-ebs", "storage_class_is_one_of_a_driver"),
    _class("no such type", ("parameters", "type"), "gp5", "storage_class_is_one_of_a_driver"),
    # Words, names, and fields
    _one("Service", "upper case", ("metadata", "name"), "Hello_1", "name_is_one_that_kubernetes_takes"),
    _one("Service", "label with a blank", ("metadata", "labels", "of"), "a b", "name_is_one_that_kubernetes_takes"),
    _app("long name of a port", ("ports", 0, "name"), "http-of-the-program", "name_is_one_that_kubernetes_takes"),
    _app("upper case of a container", ("name",), "Hello", "name_is_one_that_kubernetes_takes"),
    _app("name of another container", ("name",), "logs", "names_in_a_pod_differ"),
    _app("two mounts at one path", ("volumeMounts", 0, "mountPath"), "/configuration", "names_in_a_pod_differ"),
    _pod("no such mode", ("topologySpreadConstraints", 0, "whenUnsatisfiable"), "Never", "word_is_one_that_is_known"),
    _app("no such pull policy", ("imagePullPolicy",), "Sometimes", "word_is_one_that_is_known"),
    _pod("Deployment that ends", ("restartPolicy",), "Never", "word_is_one_that_is_known"),
    ManifestDefect(
        "Job for ever", "Job", "gpu", (*_POD, "restartPolicy"), "Always", "word_is_one_that_is_known", MIXED
    ),
    _app("megabytes", ("resources", "limits", "memory"), "128MB", "amount_is_a_quantity"),
    _app("millibytes", ("resources", "requests", "memory"), "128m", "amount_is_a_quantity"),
    ManifestDefect(
        "part of a GPU",
        "Job",
        "gpu",
        (*_APP, "resources", "requests", "nvidia.com/gpu"),
        2,
        "amount_is_a_quantity",
        MIXED,
    ),
    _app("two ways to probe", ("livenessProbe", "tcpSocket"), {"port": "http"}, "probe_is_one_that_kubernetes_takes"),
    _app("slow to live", ("livenessProbe", "successThreshold"), 2, "probe_is_one_that_kubernetes_takes"),
    _pod(
        "probe of what ends",
        ("initContainers", 0, "readinessProbe"),
        {"exec": {"command": ["true"]}},
        "probe_is_one_that_kubernetes_takes",
    ),
    ManifestDefect(
        "any value of one",
        "Job",
        "gpu",
        (*_POD, "tolerations", 0, "value"),
        "present",
        "fields_of_a_pod_fit_together",
        MIXED,
    ),
    ManifestDefect(
        "user ID in Windows",
        "Deployment",
        "windows",
        (*_POD, "securityContext", "runAsUser"),
        1000,
        "fields_of_a_pod_fit_together",
        MIXED,
    ),
    _pod(
        "no such field",
        ("initContainers", 1, "env", 1, "valueFrom", "fieldRef", "fieldPath"),
        "metadata.nam",
        "fields_of_a_pod_fit_together",
    ),
    _one("Deployment", "stuck", ("spec", "strategy", "rollingUpdate", "maxSurge"), 0, "rollout_can_go_on"),
    # Access
    _role("every kind", ("rules", 1, "resources"), ["*"], "role_names_what_it_allows"),
    _role("every right of others", ("rules", 1, "verbs"), ["impersonate"], "role_names_what_it_allows"),
    ManifestDefect(
        "administrator",
        "ClusterRoleBinding",
        "hello-delivery",
        ("roleRef", "name"),
        "cluster-admin",
        "binding_is_of_a_role_of_its_own",
    ),
    ManifestDefect(
        "everybody",
        "RoleBinding",
        "hello-delivery",
        ("subjects", 0, "name"),
        "system:authenticated",
        "binding_is_of_a_role_of_its_own",
    ),
    ManifestDefect(
        "no such ClusterRole",
        "ClusterRoleBinding",
        "hello-delivery",
        ("roleRef", "name"),
        "hello-deliver",
        "cluster_role_is_there",
    ),
    _one("Application", "no such project", ("spec", "project"), "helo", "application_is_of_a_project_that_allows_it"),
    _one(
        "AppProject",
        "project of everything",
        ("spec", "clusterResourceWhitelist"),
        [{"group": "*", "kind": "*"}],
        "application_is_of_a_project_that_allows_it",
    ),
    # What objects need from each other
    _pod("undefined variable", ("initContainers", 0, "args", 0), "echo $(ENV)", "variable_is_defined"),
    ManifestDefect(
        "no such Service", "StatefulSet", "journal", ("spec", "serviceName"), "journals", "stateful_set_has_its_service"
    ),
    _pod("no such priority", ("priorityClassName",), "important", "priority_class_is_there"),
    _one(
        "HorizontalPodAutoscaler",
        "another version",
        ("spec", "scaleTargetRef", "apiVersion"),
        "extensions/v1beta1",
        "autoscaler_names_the_version_of_its_workload",
    ),
    # Load balancers and roles
    _one(
        "NetworkPolicy",
        "closed to pods",
        ("spec", "ingress"),
        [],
        "load_balancer_reaches_its_pods",
        "-from-load-balancer",
    ),
    _one(
        "NetworkPolicy",
        "port of the Service",
        ("spec", "ingress", 0, "ports", 0, "port"),
        80,
        "load_balancer_reaches_its_pods",
        "-from-load-balancer",
    ),
    _one(
        "Ingress",
        "misspelled annotation",
        ("metadata", "annotations", "alb.ingress.kubernetes.io/health-check-path"),
        "/",
        "annotation_is_one_of_the_controller",
    ),
    ManifestDefect(
        "misspelled namespace",
        "NetworkPolicy",
        "dns",
        ("spec", "egress", 0, "to", 0, "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name"),
        "kube-sistem",
        "peer_of_a_policy_is_a_namespace",
    ),
    ManifestDefect(
        "DNS by TCP alone", "NetworkPolicy", "dns", ("spec", "egress", 0, "ports", 0), None, "pods_reach_dns"
    ),
    _one(
        "ServiceAccount",
        "two roles",
        ("metadata", "annotations"),
        {"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/hello"},
        "role_is_given_once",
    ),
    # Quotas
    ManifestDefect(
        "claims above the quota",
        "StatefulSet",
        "journal",
        ("spec", "volumeClaimTemplates", 0, "spec", "resources", "requests", "storage"),
        "500Gi",
        "quota_holds_what_is_asked_for",
    ),
    _one(
        "LimitRange", "low maximum", ("spec", "limits", 0, "max", "memory"), "64Mi", "limit_range_allows_its_containers"
    ),
    _pod(
        "too much in memory",
        ("volumes", 2, "emptyDir"),
        {"medium": "Memory", "sizeLimit": "8Gi"},
        "directory_in_memory_is_within_the_limit",
    ),
    # Windows and labels
    ManifestDefect(
        "Windows on any node",
        "Deployment",
        "windows",
        (*_POD, "nodeSelector"),
        {"node.kubernetes.io/windows-build": "10.0.20348"},
        "windows_pods_say_so",
        MIXED,
    ),
    ManifestDefect(
        "another build of Windows",
        "Deployment",
        "windows",
        (*_POD, "nodeSelector", "node.kubernetes.io/windows-build"),
        "10.0.17763",
        "windows_build_is_that_of_the_image",
        MIXED,
    ),
    _pod(
        "deprecated label",
        ("nodeSelector",),
        {"failure-domain.beta.kubernetes.io/zone": "eu-west-1a"},
        "label_of_the_node_is_not_deprecated",
    ),
    # Schemas
    _app("misspelled key", ("volumeMount",), [], "schema_allows_it"),
    _app("wrong type", ("ports", 0, "containerPort"), "http", "schema_allows_it"),
    ManifestDefect(
        "removed API", "PodDisruptionBudget", "hello", ("apiVersion",), "policy/v1beta1", "schema_allows_it"
    ),
    ManifestDefect(
        "misspelled key of a custom resource",
        "IngressClassParams",
        "alb",
        ("spec", "schema"),
        "internal",
        "schema_allows_it",
        AUTO,
    ),
)
"""Every mistake."""
