"""What a private registry has one of: scanning, replication, and signing of the repositories of a prefix."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from reference_constructs.registry.registry_options import EnhancedScanningOptions, ReplicationDestinationOptions


class RegistryConfiguration(Construct):
    """Settings of the registry of an account and Region, limited to the repositories of one environment.

    Each of them exists once: a second environment in the same account and Region cannot state it too, and deleting the
    stack gives the registry its defaults back. L1, because the CDK has no L2 of them.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        prefix: str,
        scanning: EnhancedScanningOptions | None = None,
        replication: Sequence[ReplicationDestinationOptions] = (),
        signing_profile_arn: str | None = None,
    ) -> None:
        """Define what is stated.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            prefix: First part of the names of the repositories.
            scanning: Scans of Amazon Inspector in place of those of Amazon ECR.
            replication: Where images are copied to.
            signing_profile_arn: Signs each image that is pushed.
        """
        super().__init__(scope, construct_id)
        self._prefix = prefix
        if scanning is not None:
            self._define_scanning(scanning)
        if replication:
            self._define_replication(replication)
        if signing_profile_arn is not None:
            self._define_signing(signing_profile_arn)

    def _define_scanning(self, options: EnhancedScanningOptions) -> None:
        filters = [
            ecr.CfnRegistryScanningConfiguration.RepositoryFilterProperty(
                filter=f"{self._prefix}/*", filter_type="WILDCARD"
            )
        ]
        ecr.CfnRegistryScanningConfiguration(
            self,
            "Scanning",
            scan_type="ENHANCED",
            rules=[
                ecr.CfnRegistryScanningConfiguration.ScanningRuleProperty(
                    repository_filters=filters, scan_frequency=options.frequency
                )
            ],
        )

    def _define_replication(self, destinations: Sequence[ReplicationDestinationOptions]) -> None:
        account = cdk.Stack.of(self).account
        configuration = ecr.CfnReplicationConfiguration
        configuration(
            self,
            "Replication",
            replication_configuration=configuration.ReplicationConfigurationProperty(
                rules=[
                    configuration.ReplicationRuleProperty(
                        destinations=[
                            configuration.ReplicationDestinationProperty(
                                region=each.region, registry_id=each.account_id or account
                            )
                            for each in destinations
                        ],
                        repository_filters=[
                            configuration.RepositoryFilterProperty(
                                filter=f"{self._prefix}/", filter_type="PREFIX_MATCH"
                            )
                        ],
                    )
                ]
            ),
        )

    def _define_signing(self, profile_arn: str) -> None:
        ecr.CfnSigningConfiguration(
            self,
            "Signing",
            rules=[
                ecr.CfnSigningConfiguration.RuleProperty(
                    signing_profile_arn=profile_arn,
                    repository_filters=[
                        ecr.CfnSigningConfiguration.RepositoryFilterProperty(
                            filter=f"{self._prefix}/*", filter_type="WILDCARD_MATCH"
                        )
                    ],
                )
            ],
        )
