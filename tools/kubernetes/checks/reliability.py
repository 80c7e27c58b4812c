"""What keeps an application answering while pods, nodes, and zones come and go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tools.kubernetes.checks.check import Cluster, Complaint, check, matches
from tools.kubernetes.objects import KubernetesObject, Pods

_ZONE: Final = "topology.kubernetes.io/zone"
_GRACE_SECONDS: Final = 30


@check
def service_account_is_its_own(cluster: Cluster) -> Iterator[Complaint]:
    """A role that the account gets later would be that of every pod of the namespace."""
    for pods in cluster.pods:
        if pods.service_account == "default":
            path = (*pods.path, "serviceAccountName")
            yield Complaint(pods.owner, path, "the pod has the service account default", "give it one of its own")


@check
def token_is_not_mounted(cluster: Cluster) -> Iterator[Complaint]:
    """An application that does not use the Kubernetes API needs no credentials for it."""
    for pods in cluster.pods:
        account = cluster.find("ServiceAccount", pods.namespace, pods.service_account)
        of_account = account.document.get("automountServiceAccountToken", True) if account else True
        if pods.spec.get("automountServiceAccountToken", of_account):
            path = (*pods.path, "automountServiceAccountToken")
            yield Complaint(pods.owner, path, "the pod has a token of the Kubernetes API", "set it to false")


@check
def replicas_are_the_autoscalers(cluster: Cluster) -> Iterator[Complaint]:
    """Each apply would set the number back."""
    for each in cluster.of_kind("HorizontalPodAutoscaler"):
        target = each.spec.get("scaleTargetRef") or {}
        workload = cluster.find(str(target.get("kind")), each.namespace, str(target.get("name")))
        if workload is not None and "replicas" in workload.spec:
            yield Complaint(workload, ("spec", "replicas"), f"{each} sets the number of pods", "remove replicas")


@check
def autoscaler_has_what_it_measures(cluster: Cluster) -> Iterator[Complaint]:
    """A utilization is that of the request, as metrics-server measures it; without either, nothing is scaled."""
    eks = cluster.environment.eks
    add_ons = {row.name for row in eks.installed_add_ons(eks.nodes.values())} if eks else set()
    for each in cluster.of_kind("HorizontalPodAutoscaler"):
        if "metrics-server" not in add_ons and (eks is None or eks.outpost is None):
            fix = "add metrics-server to eks.add_ons"
            yield Complaint(each, ("spec", "metrics"), "the cluster has no metrics-server", fix)
        if int(each.spec.get("minReplicas", 1)) > int(each.spec.get("maxReplicas", 1)):
            yield Complaint(each, ("spec", "minReplicas"), "minReplicas exceeds maxReplicas", "lower minReplicas")


@check
def workload_has_a_disruption_budget(cluster: Cluster) -> Iterator[Complaint]:
    """An update of the nodes may take all of its pods at once."""
    for pods in cluster.pods:
        if pods.owner.kind in ("Deployment", "StatefulSet") and cluster.replicas(pods.owner)[0] > 1:
            budgets = cluster.of_kind("PodDisruptionBudget")
            if not any(each.namespace == pods.namespace and _selects(each, pods) for each in budgets):
                reason = "no PodDisruptionBudget selects its pods"
                yield Complaint(pods.owner, ("metadata", "name"), reason, "add one with maxUnavailable: 1")


@check
def disruption_budget_allows_a_disruption(cluster: Cluster) -> Iterator[Complaint]:
    """No node with such a pod can be drained, so that updates of nodes fail, or are forced."""
    for each in cluster.of_kind("PodDisruptionBudget"):
        fewest = [cluster.replicas(one.owner)[0] for one in cluster.pods if _selects(each, one)]
        least, most = each.spec.get("minAvailable"), each.spec.get("maxUnavailable")
        if most in (0, "0%"):
            reason, path = "no pod may ever be evicted", ("spec", "maxUnavailable")
            yield Complaint(each, path, reason, "set maxUnavailable: 1")
        elif least == "100%" or (isinstance(least, int) and fewest and least >= min(fewest)):
            reason, path = f"{least} of {min(fewest, default=1)} pods must stay", ("spec", "minAvailable")
            yield Complaint(each, path, reason, "set maxUnavailable: 1 instead, or raise the number of pods")


@check
def pods_spread_over_zones(cluster: Cluster) -> Iterator[Complaint]:
    """All of them may be in the zone that fails."""
    if len(cluster.environment.availability_zones) < 2:
        return
    for pods in cluster.pods:
        if pods.owner.kind in ("Deployment", "StatefulSet") and cluster.replicas(pods.owner)[0] > 1:
            path = (*pods.path, "topologySpreadConstraints")
            constraints = pods.spec.get("topologySpreadConstraints") or ()
            of_zones = [each for each in constraints if each.get("topologyKey") == _ZONE]
            if not of_zones:
                yield Complaint(pods.owner, path, "nothing spreads its pods over zones", f"add a constraint of {_ZONE}")
            elif not any(matches(each.get("labelSelector"), pods.labels) for each in of_zones):
                reason = "the constraint counts other pods than its own"
                yield Complaint(pods.owner, path, reason, "make labelSelector select the pods")


@check
def pods_end_within_their_grace_period(cluster: Cluster) -> Iterator[Complaint]:
    """What still runs then is killed, with the requests that it has."""
    for pods in cluster.pods:
        period = pods.spec.get("terminationGracePeriodSeconds", _GRACE_SECONDS)
        for each in pods.containers:
            stop = (each.content.get("lifecycle") or {}).get("preStop") or {}
            seconds = int((stop.get("sleep") or {}).get("seconds", 0))
            if seconds >= period:
                path = (*each.path, "lifecycle", "preStop")
                reason = f"the pod has {period} s to end, and {each.name} waits {seconds} s of it"
                yield Complaint(pods.owner, path, reason, "raise terminationGracePeriodSeconds")


@check
def rollout_keeps_pods(cluster: Cluster) -> Iterator[Complaint]:
    """Nobody answers during a roll-out."""
    for pods in cluster.pods:
        strategy = pods.owner.spec.get("strategy") or {}
        if pods.owner.kind == "Deployment" and cluster.replicas(pods.owner)[0] > 1:
            most = (strategy.get("rollingUpdate") or {}).get("maxUnavailable")
            if strategy.get("type") == "Recreate" or most == "100%":
                reason = "all pods end before new ones start"
                yield Complaint(pods.owner, ("spec", "strategy"), reason, "use RollingUpdate with maxUnavailable: 0")


def _selects(budget: KubernetesObject, pods: Pods) -> bool:
    return budget.namespace == pods.namespace and matches(budget.spec.get("selector"), pods.labels)
