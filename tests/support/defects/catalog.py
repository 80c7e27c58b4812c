"""Templates that we ship with one thing broken in each, and the rules that must name it."""

from __future__ import annotations

from tests.support.defects.defect import Defect
from tests.support.defects.ecs import ECS
from tests.support.defects.ecs_capacity import ECS_CAPACITY
from tests.support.defects.ecs_releases import ECS_RELEASES
from tests.support.defects.ecs_workloads import ECS_WORKLOADS
from tests.support.defects.edge import EDGE
from tests.support.defects.eks import EKS
from tests.support.defects.eks_networks import EKS_NETWORKS
from tests.support.defects.eks_nodes import EKS_NODES
from tests.support.defects.eks_pods import EKS_PODS
from tests.support.defects.identity import IDENTITY
from tests.support.defects.limits import LIMITS
from tests.support.defects.network import LOGS_AND_KEYS, NETWORK, SECURITY_GROUPS
from tests.support.defects.registry import REGISTRY
from tests.support.defects.storage import STORAGE
from tests.support.defects.template import TEMPLATE

DEFECTS: tuple[Defect, ...] = (
    *NETWORK,
    *SECURITY_GROUPS,
    *LOGS_AND_KEYS,
    *REGISTRY,
    *ECS,
    *ECS_CAPACITY,
    *ECS_WORKLOADS,
    *ECS_RELEASES,
    *EDGE,
    *EKS,
    *EKS_NODES,
    *EKS_PODS,
    *EKS_NETWORKS,
    *IDENTITY,
    *LIMITS,
    *STORAGE,
    *TEMPLATE,
)
