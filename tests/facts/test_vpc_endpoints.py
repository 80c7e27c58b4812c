"""What is called at a VPC endpoint, and what is not."""

from __future__ import annotations

import pytest

from facts.vpc_endpoints import is_called_at_an_endpoint


@pytest.mark.parametrize(
    "action",
    [
        *("rds:DescribeDBInstances", "es:DescribeDomain", "es:*", "elasticache:*", "iam:GetRole"),
        *("elasticfilesystem:DescribeFileSystems", "kms:Decrypt", "dax:DescribeClusters", "*"),
    ],
)
def test_an_api_is_called_at_an_endpoint(action: str) -> None:
    assert is_called_at_an_endpoint(action)


@pytest.mark.parametrize(
    "action",
    [
        *("rds-db:connect", "kafka-cluster:Connect", "kafka-cluster:*", "neptune-db:ReadDataViaQuery"),
        *("elasticache:Connect", "memorydb:Connect", "es:ESHttpGet", "es:ESHttp*", "elasticfilesystem:ClientMount"),
        *("vpc-lattice-svcs:Invoke", "dax:BatchGetItem", "dax:Query", "iam:PassRole"),
    ],
)
def test_a_host_in_the_vpc_is_called_without_one(action: str) -> None:
    assert not is_called_at_an_endpoint(action)


def test_another_service_calls_in_the_name_of_the_role() -> None:
    assert not is_called_at_an_endpoint("kms:Decrypt", ["KMS:ViaService"])
    assert is_called_at_an_endpoint("kms:Decrypt", ["kms:CallerAccount"])
