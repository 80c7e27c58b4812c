"""A cluster with nodes of any kind: what belongs together, and what is refused."""

from __future__ import annotations

import pytest
from aws_cdk.assertions import Template

from reference_constructs.eks.cluster_options import EksClusterOptions
from tests.support.eks_synthesis import FARGATE, NODES, cluster_template, define_cluster
from tests.support.synthesis import new_stack


def test_cluster_without_nodes_has_no_add_ons_that_would_wait_for_them() -> None:
    template = cluster_template(nodes={})

    template.resource_count_is("AWS::EKS::Cluster", 1)
    template.resource_count_is("AWS::EKS::Addon", 0)
    template.resource_count_is("AWS::EKS::Nodegroup", 0)


def test_nodes_of_two_kinds_stand_in_one_mapping() -> None:
    cluster = define_cluster(new_stack(), nodes={**NODES, **FARGATE})

    assert list(cluster.nodes) == ["general", "batch"]
    assert [node.node.path for bound in cluster.nodes.values() for node in bound.ready] == [
        "Stack/Eks/NodeGroups/general/NodeGroup",
        "Stack/Eks/FargateProfiles/batch",
    ]


def test_kind_of_a_node_is_said_by_its_key() -> None:
    options = EksClusterOptions.model_validate(
        {
            "nodes": {
                "general": {"kind": "managed", "max_size": 9},
                "batch": {"kind": "fargate", "selectors": [{"namespace": "batch"}]},
            }
        }
    )

    assert {name: type(each).__name__ for name, each in options.nodes.items()} == {
        "general": "ManagedNodeGroupOptions",
        "batch": "FargateProfileOptions",
    }


@pytest.mark.parametrize("node", [{}, {"kind": "elastic"}, {"max_size": 9}], ids=["empty", "unknown", "none"])
def test_node_of_no_known_kind_is_refused(node: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"nodes\.general"):
        EksClusterOptions.model_validate({"nodes": {"general": node}})


def test_no_role_has_an_inline_policy() -> None:
    template = cluster_template(pull_through_repository_arns=["arn:aws:ecr:eu-west-1:111122223333:repository/a/*"])

    template.resource_count_is("AWS::IAM::Policy", 0)
    assert not [
        name for name, found in template.find_resources("AWS::IAM::Role").items() if "Policies" in found["Properties"]
    ]


def test_identity_provider_is_associated_with_the_cluster_as_it_is_described() -> None:
    stack = new_stack()
    provider = {
        "name": "staff",
        "issuer_url": "https://login.example.com",
        "client_id": "kubernetes",
        "username_claim": "email",
        "username_prefix": "staff:",
        "groups_claim": "groups",
        "groups_prefix": "staff:",
        "required_claims": {"tenant": "shop"},
    }
    cluster = define_cluster(stack, nodes=NODES, identity_provider=provider)

    [found] = Template.from_stack(stack).find_resources("AWS::EKS::IdentityProviderConfig").values()
    assert found["Properties"] == {
        "ClusterName": stack.resolve(cluster.control_plane.cluster.cluster_name),
        "Type": "oidc",
        "IdentityProviderConfigName": "staff",
        "Oidc": {
            "IssuerUrl": "https://login.example.com",
            "ClientId": "kubernetes",
            "UsernameClaim": "email",
            "UsernamePrefix": "staff:",
            "GroupsClaim": "groups",
            "GroupsPrefix": "staff:",
            "RequiredClaims": [{"Key": "tenant", "Value": "shop"}],
        },
    }


def test_a_cluster_has_no_identity_provider_unless_one_is_stated() -> None:
    cluster_template().resource_count_is("AWS::EKS::IdentityProviderConfig", 0)
