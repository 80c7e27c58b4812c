"""Templates that we ship with one thing broken in each, and the rules that must name it."""

from __future__ import annotations

from defects.defect import Defect
from defects.ecs import ECS
from defects.eks import EKS
from defects.identity import IDENTITY
from defects.network import LOGS_AND_KEYS, NETWORK, SECURITY_GROUPS
from defects.registry import REGISTRY
from defects.template import TEMPLATE

DEFECTS: tuple[Defect, ...] = (*NETWORK, *SECURITY_GROUPS, *LOGS_AND_KEYS, *REGISTRY, *ECS, *EKS, *IDENTITY, *TEMPLATE)
