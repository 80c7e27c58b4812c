"""Rules of storage classes of the Amazon EBS CSI driver."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, eks, message

MAIN = "main: {kind: managed}"
OUTPOST = (
    "plant: {kind: self_managed, kubelet: {shutdownGracePeriod: 90s}, location: outpost, "
    "subnet_ids: [subnet-0123456789abcdef0], architecture: x86_64, "
    "instance_types: [m5.xlarge], update_strategy: minimal, min_size: 2, max_size: 3}"
)
SERVICES = "service_cidr: 172.20.0.0/16"
HOST = "node: {hostNetwork: true}"
UNENCRYPTED = (
    "Volumes that pods claim are encrypted if their storage class says so, or the account encrypts by default."
)
OF_THE_OUTPOST = (
    "Outposts racks of the first generation have gp2 volumes only, and without a type a storage class means gp3."
)
LATER = "or acknowledge that the rack is of the second generation"
CONFIGURATION = "eks.add_ons.aws-ebs-csi-driver.configuration"


def driver(configuration: str, nodes: str = MAIN, *lines: str) -> str:
    """Nodes, and the driver with these configuration values."""
    return eks(
        f"nodes: {{{nodes}}}", f"add_ons: {{aws-ebs-csi-driver: {{configuration: {{{configuration}}}}}}}", *lines
    )


def storage(parameters: str) -> str:
    return driver(f"storageClasses: [{{name: fast, parameters: {{{parameters}}}}}]")


def on_the_outpost(configuration: str) -> str:
    return driver(f"{HOST}, {configuration}", OUTPOST, SERVICES)


PAIRS = (
    RulePair(
        rule="storage_class_parameters_are_text",
        rejected=storage("encrypted: true"),
        accepted=storage("encrypted: 'true'"),
        message=(
            f"{CONFIGURATION}.storageClasses[0].parameters.encrypted: true is not allowed\n"
            'allowed: text: "true", in quotes\n'
            "why: Kubernetes refuses the storage class, and the add-on becomes degraded and fails the deployment."
        ),
    ),
    RulePair(
        rule="storage_class_parameters_are_text: numbers too",
        rejected=storage("encrypted: 'true', iops: 3000"),
        accepted=storage("encrypted: 'true', iops: '3000'"),
        message=(
            f"{CONFIGURATION}.storageClasses[0].parameters.iops: 3000 is not allowed\n"
            'allowed: text: "3000", in quotes\n'
            "why: Kubernetes refuses the storage class, and the add-on becomes degraded and fails the deployment."
        ),
    ),
    RulePair(
        rule="storage_class_encrypts_its_volumes",
        rejected=storage("encrypted: 'false'"),
        accepted=storage("Encrypted: 'true'"),
        message=(
            f"{CONFIGURATION}.storageClasses[0].parameters.encrypted: encrypted is 'false'\n"
            'fix: set it to "true", or acknowledge that the account encrypts Amazon EBS volumes by default\n'
            f"why: {UNENCRYPTED}"
        ),
    ),
    RulePair(
        rule="storage_class_encrypts_its_volumes: and does not by default",
        rejected=driver("storageClasses: [{name: fast}]"),
        accepted=driver("storageClasses: []"),
        message=(
            f"{CONFIGURATION}.storageClasses[0]: there is no encrypted in its parameters\n"
            'fix: set it to "true", or acknowledge that the account encrypts Amazon EBS volumes by default\n'
            f"why: {UNENCRYPTED}"
        ),
    ),
    RulePair(
        rule="storage_class_encrypts_its_volumes: nor does the default class",
        rejected=driver("defaultStorageClass: {enabled: true}"),
        accepted=driver("defaultStorageClass: {enabled: false}"),
        message=(
            f"{CONFIGURATION}.defaultStorageClass.enabled: the default class of the add-on does not encrypt its "
            "volumes\n"
            "fix: set it to false, and add a default class of your own to storageClasses, or acknowledge that the "
            "account encrypts Amazon EBS volumes by default\n"
            f"why: {UNENCRYPTED}"
        ),
    ),
    RulePair(
        rule="storage_class_is_of_a_type_on_the_outpost",
        rejected=on_the_outpost("storageClasses: [{name: fast, parameters: {encrypted: 'true', type: gp3}}]"),
        accepted=on_the_outpost("storageClasses: [{name: fast, parameters: {encrypted: 'true', type: gp2}}]"),
        message=(
            f"{CONFIGURATION}.storageClasses[0].parameters.type: type is 'gp3', and all nodes are on an Outpost\n"
            f"fix: set it to gp2, {LATER}\n"
            f"why: {OF_THE_OUTPOST}"
        ),
    ),
    RulePair(
        rule="storage_class_is_of_a_type_on_the_outpost: which is not that of the driver",
        rejected=on_the_outpost("storageClasses: [{name: fast, parameters: {encrypted: 'true'}}]"),
        accepted=driver(
            f"{HOST}, storageClasses: [{{name: fast, parameters: {{encrypted: 'true'}}}}]",
            f"{MAIN}, {OUTPOST}",
            SERVICES,
        ),
        message=(
            f"{CONFIGURATION}.storageClasses[0]: there is no type in its parameters\n"
            f"fix: set it to gp2, because all nodes are on an Outpost, {LATER}\n"
            f"why: {OF_THE_OUTPOST}"
        ),
    ),
    RulePair(
        rule="storage_class_is_of_a_type_on_the_outpost: nor that of the default class",
        rejected=on_the_outpost("defaultStorageClass: {enabled: true}")
        + "acknowledged_warnings: [{warning: storage_class_encrypts_its_volumes, key: eks, reason: By default.}]\n",
        accepted=on_the_outpost("defaultStorageClass: {enabled: false}"),
        message=(
            f"{CONFIGURATION}.defaultStorageClass.enabled: the default class of the add-on is of gp3, and all nodes "
            "are on an Outpost\n"
            f"fix: set it to false, and add a default class with type gp2 to storageClasses, {LATER}\n"
            f"why: {OF_THE_OUTPOST}"
        ),
    ),
    RulePair(
        rule="ebs_driver_finds_the_outpost",
        rejected=driver("node: {hostNetwork: false}", f"{MAIN}, {OUTPOST}", SERVICES),
        accepted=driver("node: {hostNetwork: true}", f"{MAIN}, {OUTPOST}", SERVICES),
        message=(
            "eks.nodes.plant.location: aws-ebs-csi-driver would create the volumes of pods on these nodes in the "
            "Region\n"
            f"fix: set {CONFIGURATION}.node.hostNetwork to true, or acknowledge that pods on these nodes claim no "
            "volumes\n"
            "why: Only instance metadata names the Outpost, and with hop limit 1 no pod reaches it but on the host "
            "network."
        ),
    ),
    RulePair(
        rule="ebs_driver_finds_the_outpost: where it is installed",
        rejected=eks(f"nodes: {{{MAIN}, {OUTPOST}}}", SERVICES),
        accepted=eks(f"nodes: {{{MAIN}, {OUTPOST}}}", "add_ons: {}", SERVICES),
        message=(
            "eks.nodes.plant.location: aws-ebs-csi-driver would create the volumes of pods on these nodes in the "
            "Region\n"
            f"fix: set {CONFIGURATION}.node.hostNetwork to true, or acknowledge that pods on these nodes claim no "
            "volumes\n"
            "why: Only instance metadata names the Outpost, and with hop limit 1 no pod reaches it but on the host "
            "network."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


@pytest.mark.parametrize("classes", ["{}", "[fast]", "[{name: fast, parameters: [a]}]"])
def test_values_of_other_types_are_no_storage_classes(tmp_path: Path, classes: str) -> None:
    assert "InternalError" not in message(tmp_path, driver(f"storageClasses: {classes}"))
