"""An image of an Amazon ECR private registry, as its host name says whose and where that is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# "Making requests to Amazon ECR registries": IPv4-only and dual-stack host names, with and without FIPS, of every
# partition.
_HOST: Final = re.compile(
    r"(?P<account>[0-9]{12})\.dkr(?P<dual_stack>[.-])ecr(?P<fips>-fips)?"
    r"\.(?P<region>[a-z]{2,4}(-[a-z]+)+-[0-9]+)\.(?P<domain>[a-z0-9.]+)"
)
_PARTITIONS: Final = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "eusc-": "aws-eusc",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "us-isof-": "aws-iso-f",
    "eu-isoe-": "aws-iso-e",
}
# `dnsSuffix` of botocore's partitions.json.
_DOMAINS: Final = {
    "aws-cn": "amazonaws.com.cn",
    "aws-eusc": "amazonaws.eu",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-iso-f": "csp.hci.ic.gov",
    "aws-iso-e": "cloud.adc-e.uk",
}


@dataclass(frozen=True, kw_only=True)
class EcrImage:
    """Registry and repository of an image in Amazon ECR.

    Attributes:
        account: ID of the AWS account whose registry it is.
        region: Its Region.
        repository: Name of the repository.
        domain: What the host name ends with, after the Region.
        is_dual_stack: Whether the host name is that of a dual-stack endpoint, whose domain is another.
        is_fips: Whether the host name is that of a FIPS endpoint, which few Regions have.
        has_private_endpoint: Whether the host name is the one that interface VPC endpoints answer for; those of
            dual-stack and FIPS endpoints are others.
    """

    account: str
    region: str
    repository: str
    domain: str
    is_dual_stack: bool
    is_fips: bool
    has_private_endpoint: bool

    @classmethod
    def parse(cls, image: str) -> EcrImage | None:
        """From what one would give to `docker pull`.

        Args:
            image: Any image; None for one that is not in a private registry of Amazon ECR.
        """
        host, _, rest = image.partition("/")
        found = _HOST.fullmatch(host)
        if found is None:
            return None
        return cls(
            account=found["account"],
            region=found["region"],
            repository=re.split(r"[:@]", rest)[0],
            domain=found["domain"],
            is_dual_stack=found["dual_stack"] == "-",
            is_fips=found["fips"] is not None,
            has_private_endpoint=found["dual_stack"] == "." and not found["fips"],
        )


def partition(region: str) -> str:
    """The partition of AWS that a Region is in, by its name.

    Args:
        region: Code of the Region.
    """
    return next((name for prefix, name in _PARTITIONS.items() if region.startswith(prefix)), "aws")


def domain(region: str) -> str:
    """The domain that host names of AWS services in a Region end with, apart from those of dual-stack endpoints.

    Args:
        region: Code of the Region.
    """
    return _DOMAINS.get(partition(region), "amazonaws.com")
