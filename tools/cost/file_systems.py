"""File systems of Amazon EFS and Amazon FSx, and their backups."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Resource
from tools.cost.context import Context
from tools.cost.lines import Line, Quantity

# "Amazon EFS performance specifications": 50 KiB/s for each GiB of Standard storage is included.
_GB_FOR_A_MIBPS = 20
# A price of another tier, or of scratch storage, has no source.
_LUSTRE_PRICES = {("PERSISTENT_2", 125): "lustre_125_gb_month"}
_UNPRICED = "no sourced price"


def efs(context: Context, resource: Resource) -> Iterator[Line]:
    """Storage and throughput of Amazon EFS."""
    one_zone = resource.get("AvailabilityZoneName") is not None
    yield context.used(resource, "efs_one_zone_gb_month" if one_zone else "efs_gb_month", "gb_stored")
    mode = resource.get("ThroughputMode", "bursting")
    if mode == "elastic":
        yield Line("Elastic throughput", None, note=f"billed by GB read and written; {_UNPRICED}")
    elif mode == "provisioned":
        included = (context.usage.amount(resource, "gb_stored") or 0) / _GB_FOR_A_MIBPS
        throughput = float(resource.get("ProvisionedThroughputInMibps", 0))
        yield context.monthly(resource, "efs_throughput_month", max(0, throughput - included))
    if resource.get("BackupPolicy.Status") == "ENABLED":
        yield context.used(resource, "backup_gb_month", "gb_backed_up")


def fsx(context: Context, resource: Resource) -> Iterator[Line]:
    """Storage that Amazon FSx provisions, used or not, and what comes with it."""
    storage = float(resource.get("StorageCapacity", 0))
    if resource.get("FileSystemType") == "LUSTRE":
        yield _lustre_storage(context, resource, storage)
        days = resource.get("LustreConfiguration.AutomaticBackupRetentionDays", 0)
    else:
        throughput = float(resource.get("OntapConfiguration.ThroughputCapacityPerHAPair", 0))
        yield Line("SSD storage (ONTAP)", None, Quantity.of(storage), note=_UNPRICED)
        yield Line("Throughput capacity (ONTAP)", None, Quantity.of(throughput), note=_UNPRICED)
        yield Line("Capacity pool (ONTAP)", None, note=f"billed by GB that move there; {_UNPRICED}")
        days = resource.get("OntapConfiguration.AutomaticBackupRetentionDays", 0)
    if int(days):
        yield context.used(resource, "backup_gb_month", "gb_backed_up")


def _lustre_storage(context: Context, resource: Resource, gb: float) -> Line:
    deployment = resource.get("LustreConfiguration.DeploymentType")
    throughput = int(resource.get("LustreConfiguration.PerUnitStorageThroughput", 0))
    name = _LUSTRE_PRICES.get((deployment, throughput))
    if name is not None:
        return context.monthly(resource, name, gb)
    tier = f", {throughput} MB/s for each TiB" if throughput else ""
    return Line(f"Storage (Lustre{tier})", None, Quantity.of(gb), note=_UNPRICED)


def backup_vault(context: Context, resource: Resource) -> Iterator[Line]:
    """Recovery points in warm storage."""
    yield context.used(resource, "backup_gb_month", "gb_stored")
