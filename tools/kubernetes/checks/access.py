"""Who may do what in the cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tools.kubernetes.checks.check import Cluster, Complaint, check

# "Role Based Access Control Good Practices", Kubernetes: each is a way to all rights.
_ESCALATING: Final = ("bind", "escalate", "impersonate")
_EVERYTHING: Final = ("cluster-admin", "admin")
_EVERYBODY: Final = ("system:authenticated", "system:unauthenticated", "system:serviceaccounts", "system:anonymous")


@check
def role_names_what_it_allows(cluster: Cluster) -> Iterator[Complaint]:
    """A role of everything also allows what a later version of Kubernetes, or of a controller, adds."""
    for each in cluster.of_kind("Role", "ClusterRole"):
        for index, rule in enumerate(each.document.get("rules") or ()):
            for key in ("apiGroups", "resources", "verbs"):
                if "*" in (rule.get(key) or ()):
                    fix = "name what whoever has the role needs"
                    yield Complaint(each, ("rules", index, key), f"the role is of all {key}", fix)
            for verb in _ESCALATING:
                if verb in (rule.get("verbs") or ()):
                    reason = f"who may {verb} gets more rights than these"
                    yield Complaint(each, ("rules", index, "verbs"), reason, f"remove {verb}")


@check
def binding_is_of_a_role_of_its_own(cluster: Cluster) -> Iterator[Complaint]:
    """Whoever administers the cluster is in `eks.access_entries` of the file, where it is seen and logged."""
    for each in cluster.of_kind("RoleBinding", "ClusterRoleBinding"):
        role = each.document.get("roleRef") or {}
        if role.get("kind") == "ClusterRole" and role.get("name") in _EVERYTHING:
            fix = "bind a role that names what is needed; administrators are in eks.access_entries"
            yield Complaint(each, ("roleRef", "name"), f"it gives all rights of {role['name']}", fix)
        for index, subject in enumerate(each.document.get("subjects") or ()):
            if subject.get("kind") != "ServiceAccount" and subject.get("name") in _EVERYBODY:
                path, reason = ("subjects", index, "name"), f"{subject['name']} is everybody"
                yield Complaint(each, path, reason, "name a group of eks.access_entries, or a ServiceAccount")


@check
def cluster_role_is_there(cluster: Cluster) -> Iterator[Complaint]:
    """Whoever the binding is for may do nothing."""
    for each in cluster.of_kind("RoleBinding", "ClusterRoleBinding"):
        role = each.document.get("roleRef") or {}
        name = str(role.get("name"))
        is_built_in = name in (*_EVERYTHING, "edit", "view") or name.startswith("system:")
        if role.get("kind") == "ClusterRole" and not is_built_in and cluster.find("ClusterRole", "", name) is None:
            yield Complaint(each, ("roleRef", "name"), f"there is no ClusterRole {name}", "add it, or correct the name")


@check
def application_is_of_a_project_that_allows_it(cluster: Cluster) -> Iterator[Complaint]:
    """Argo CD refuses an Application without its project, and a project of everything refuses nothing."""
    for each in cluster.of_kind("Application"):
        name = str(each.spec.get("project"))
        if cluster.find("AppProject", each.namespace, name) is None:
            yield Complaint(each, ("spec", "project"), f"there is no AppProject {name}", "name one of the namespace")
    for each in cluster.of_kind("AppProject"):
        for key in ("clusterResourceWhitelist", "sourceRepos", "destinations"):
            for index, item in enumerate(each.spec.get(key) or ()):
                if item == "*" or (isinstance(item, dict) and "*" in (item.get("kind"), item.get("namespace"))):
                    reason = f"applications of the project may have all of {key}"
                    yield Complaint(each, ("spec", key, index), reason, "name what they need")
