"""What is estimated for a resource is what the template says of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assembly import Graph
from tests.support.snapshot_graphs import snapshot_graph
from tools.cost import difference, report
from tools.cost.estimate import Estimate, Status
from tools.cost.lines import Line, Quantity
from tools.cost.usage import Usage, UsageError
from tools.cost.week import share_on

ASG, POLICY = "AWS::AutoScaling::AutoScalingGroup", "AWS::ApplicationAutoScaling::ScalingPolicy"


def _estimate(usage: Usage | None = None, region: str = "us-east-1", /, **resources: dict[str, Any]) -> Estimate:
    graph = Graph({"stack": {"Resources": resources}}, places={"stack": ("", region)})
    return Estimate.of(graph, usage or Usage())


def _lines(estimate: Estimate) -> dict[str, Line]:
    return {line.name: line for line in estimate.lines}


def _resource(kind: str, **properties: object) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def _group(low: int, high: int, *, base: int = 0, percent: int = 0) -> dict[str, dict[str, Any]]:
    return {
        "Template": _resource("AWS::EC2::LaunchTemplate", LaunchTemplateData={}),
        "Group": _resource(
            ASG,
            MinSize=str(low),
            MaxSize=str(high),
            MixedInstancesPolicy={
                "InstancesDistribution": {"OnDemandBaseCapacity": base, "OnDemandPercentageAboveBaseCapacity": percent},
                "LaunchTemplate": {
                    "LaunchTemplateSpecification": {"LaunchTemplateId": {"Ref": "Template"}},
                    "Overrides": [{"InstanceType": "m7g.large"}, {"InstanceType": "m6g.large"}],
                },
            },
        ),
    }


def _fsx(kind: str, **configuration: object) -> dict[str, Any]:
    properties = {"FileSystemType": kind, "StorageCapacity": 1200, f"{kind.capitalize()}Configuration": configuration}
    return _resource("AWS::FSx::FileSystem", **properties)


def test_a_group_has_on_demand_instances_up_to_its_base_and_a_share_above() -> None:
    lines = _lines(_estimate(**_group(4, 10, base=2, percent=50)))

    assert lines["Instances (Linux, On-Demand, m7g.large)"].quantity == Quantity(3, 3, 6) * 730
    assert lines["Instances (Linux, Spot, m7g.large)"].quantity == Quantity(1, 1, 4) * 730


def test_spot_instances_cost_the_on_demand_price_until_somebody_states_a_discount() -> None:
    most, less = (_lines(_estimate(Usage(spot_discount=each), **_group(1, 1))) for each in (None, 0.6))
    name = "Instances (Linux, Spot, m7g.large)"

    assert most[name].cost.expected == pytest.approx(0.0816 * 730)
    assert most[name].note.startswith("at most")
    assert less[name].cost.expected == pytest.approx(0.0816 * 730 * 0.4)
    assert less[name].is_assumed


def test_the_operating_system_leaves_less_than_all_of_the_memory() -> None:
    halves = _tasks(2, gib=4)

    quantity = _lines(_estimate(**_group(0, 6, base=6), **halves))["Instances (Linux, On-Demand, m7g.large)"].quantity
    assert quantity is not None
    assert quantity.expected / 730 == 2


def _tasks(number: int, *, gib: int = 3) -> dict[str, dict[str, Any]]:
    provider = {"AutoScalingGroupProvider": {"AutoScalingGroupArn": {"Ref": "Group"}}}
    return {
        "Provider": _resource("AWS::ECS::CapacityProvider", **provider),
        "Definition": _resource("AWS::ECS::TaskDefinition", Cpu="512", Memory=str(gib * 1024), NetworkMode="bridge"),
        "Service": _resource(
            "AWS::ECS::Service",
            TaskDefinition={"Ref": "Definition"},
            DesiredCount=number,
            CapacityProviderStrategy=[{"CapacityProvider": {"Ref": "Provider"}, "Weight": 1}],
        ),
    }


@pytest.mark.parametrize(("tasks", "instances"), [(0, 0), (1, 1), (2, 1), (3, 2), (20, 6)])
def test_a_group_has_the_instances_that_its_tasks_need(tasks: int, instances: int) -> None:
    # Of 8 GiB, two tasks of 3 GiB have room.
    estimate = _estimate(**_group(0, 6, base=6), **_tasks(tasks))

    quantity = _lines(estimate)["Instances (Linux, On-Demand, m7g.large)"].quantity
    assert quantity is not None
    assert (quantity.expected / 730, quantity.most / 730) == (instances, 6)
    assert next(each for each in estimate.stacks[0].resources if each.resource.logical_id == "Service").lines == ()


def test_tasks_are_on_fargate_by_base_and_weight_and_range_as_far_as_they_scale() -> None:
    strategy = [
        {"CapacityProvider": "FARGATE", "Base": 2, "Weight": 1},
        {"CapacityProvider": "FARGATE_SPOT", "Weight": 3},
    ]
    lines = _lines(
        _estimate(
            Definition=_resource("AWS::ECS::TaskDefinition", Cpu="1024", Memory="2048"),
            Service=_resource(
                "AWS::ECS::Service", TaskDefinition={"Ref": "Definition"}, CapacityProviderStrategy=strategy
            ),
            Target=_resource(
                "AWS::ApplicationAutoScaling::ScalableTarget",
                MinCapacity=1,
                MaxCapacity=6,
                ResourceId={"Fn::Join": ["", ["service/x/", {"Fn::GetAtt": ["Service", "Name"]}]]},
            ),
        )
    )

    assert lines["Fargate vCPU, x86"].quantity == Quantity(1, 1, 3) * 730
    assert lines["Fargate Spot memory, x86"].quantity == Quantity(0, 0, 6) * 730


@pytest.mark.parametrize(
    ("schedules", "share"),
    [
        ([], 1),
        ([("0 7 * * 1,2,3,4,5", True), ("0 20 * * 1,2,3,4,5", False)], 5 * 13 / 168),
        ([("cron(0 7 ? * MON-FRI *)", True), ("cron(0 20 ? * MON-FRI *)", False)], 5 * 13 / 168),
        ([("cron(30 6 ? * 2-6 *)", True), ("cron(0 0 ? * SUN *)", False)], (5 * 24 + 17.5) / 168),
        ([("0 7 1 * *", True)], None),
        ([("rate(1 day)", True)], None),
        ([("0 22 * * *", False)], 0),
    ],
)
def test_working_hours_are_a_share_of_the_week(schedules: list[tuple[str, bool]], share: float | None) -> None:
    assert share_on(schedules) == (None if share is None else pytest.approx(share))


def test_instances_that_stop_at_night_cost_the_hours_that_they_run() -> None:
    def action(recurrence: str, size: int) -> dict[str, Any]:
        return _resource(
            "AWS::AutoScaling::ScheduledAction",
            AutoScalingGroupName={"Ref": "Group"},
            Recurrence=recurrence,
            MinSize=size,
        )

    always = _estimate(**_group(2, 2, base=2)).cost.expected
    nights_off = _estimate(
        **_group(2, 2, base=2), Start=action("0 8 * * 1-5", 2), Stop=action("0 18 * * 1-5", 0)
    ).cost.expected

    assert nights_off == pytest.approx(always * 50 / 168)


def test_instances_that_tasks_need_are_there_while_the_tasks_are() -> None:
    def action(schedule: str, number: int) -> dict[str, Any]:
        return {"Schedule": schedule, "ScalableTargetAction": {"MinCapacity": number, "MaxCapacity": number}}

    target = _resource(
        "AWS::ApplicationAutoScaling::ScalableTarget",
        MinCapacity=3,
        MaxCapacity=3,
        ResourceId={"Fn::Join": ["", ["service/x/", {"Fn::GetAtt": ["Service", "Name"]}]]},
        ScheduledActions=[action("cron(0 8 ? * MON-FRI *)", 3), action("cron(0 18 ? * MON-FRI *)", 0)],
    )

    estimate = _estimate(**_group(1, 6, base=6), **_tasks(3), Target=target)

    # Three tasks need two instances, and one is there at night.
    quantity = _lines(estimate)["Instances (Linux, On-Demand, m7g.large)"].quantity
    assert quantity is not None
    assert quantity.expected / 730 == pytest.approx(1 + 50 / 168)


def test_a_load_balancer_has_an_address_in_each_zone_if_the_internet_reaches_it() -> None:
    kind = "AWS::ElasticLoadBalancingV2::LoadBalancer"
    public, internal = (
        _lines(_estimate(Balancer=_resource(kind, Scheme=scheme, Subnets=["a", "b"])))
        for scheme in ("internet-facing", "internal")
    )

    assert public["Public IPv4 address"].cost.expected == pytest.approx(2 * 0.005 * 730)
    assert "Public IPv4 address" not in internal


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        (_resource("AWS::EKS::Cluster", OutpostConfig={}), "Local cluster on an Outpost"),
        (
            _resource("AWS::EKS::Cluster", ControlPlaneScalingConfig={"Tier": "tier-8xl"}),
            "Provisioned Control Plane, tier-8xl",
        ),
        (_resource("AWS::EKS::Cluster", RemoteNetworkConfig={"RemoteNodeNetworks": [{}]}), "Hybrid nodes"),
        (
            _resource("AWS::EKS::Nodegroup", AmiType="WINDOWS_CORE_2022_x86_64", InstanceTypes=["m7i.large"]),
            "License of Windows Server",
        ),
        (_resource("AWS::EKS::Nodegroup", InstanceTypes=["x0.nothing"]), "Instances (Linux, On-Demand, x0.nothing)"),
        (_resource("AWS::EFS::FileSystem", ThroughputMode="elastic"), "Elastic throughput"),
        (_fsx("ONTAP", DeploymentType="SINGLE_AZ_1", ThroughputCapacityPerHAPair=128), "Throughput capacity (ONTAP)"),
        (
            _fsx("LUSTRE", DeploymentType="PERSISTENT_2", PerUnitStorageThroughput=250),
            "Storage (Lustre, 250 MB/s for each TiB)",
        ),
        (_fsx("LUSTRE", DeploymentType="SCRATCH_2"), "Storage (Lustre)"),
        (_resource("AWS::EC2::TransitGatewayAttachment"), "AWS::EC2::TransitGatewayAttachment"),
        (_resource("AWS::Example::Unheard"), "AWS::Example::Unheard"),
    ],
)
def test_what_has_no_price_is_listed(resource: dict[str, Any], name: str) -> None:
    estimate = _estimate(Resource=resource)

    assert name in [what for _, what, _ in estimate.without_price()]
    text = report.table(estimate)
    assert f"- {name}: " in text
    assert "no price" in text


def test_provisioned_throughput_is_what_is_more_than_the_storage_includes() -> None:
    files = _resource("AWS::EFS::FileSystem", ThroughputMode="provisioned", ProvisionedThroughputInMibps=10)
    usages = [Usage({"AWS::EFS::FileSystem": {"gb_stored": each}}) for each in (0, 100, 1000)]

    quantities = [_lines(_estimate(usage, Files=files))["EFS provisioned throughput"].quantity for usage in usages]

    assert quantities == [Quantity.of(each) for each in (10, 5, 0)]


@pytest.mark.parametrize(
    ("resource", "key"),
    [
        (_resource("AWS::Backup::BackupVault"), "gb_stored"),
        (_resource("AWS::EFS::FileSystem", BackupPolicy={"Status": "ENABLED"}), "gb_backed_up"),
        (_fsx("LUSTRE", AutomaticBackupRetentionDays=7), "gb_backed_up"),
        (_fsx("ONTAP", AutomaticBackupRetentionDays=7), "gb_backed_up"),
    ],
)
def test_backups_are_billed_by_what_they_store(resource: dict[str, Any], key: str) -> None:
    usage = Usage({resource["Type"]: {key: 100}})

    assert _lines(_estimate(usage, Resource=resource))["Backups in warm storage"].cost.expected == 5


@pytest.mark.parametrize(
    "resource",
    [
        _resource("AWS::EFS::FileSystem", BackupPolicy={"Status": "DISABLED"}),
        _fsx("LUSTRE", AutomaticBackupRetentionDays=0),
        _fsx("ONTAP"),
    ],
)
def test_without_backups_there_is_no_line_of_them(resource: dict[str, Any]) -> None:
    assert "Backups in warm storage" not in _lines(_estimate(Resource=resource))


def test_a_type_in_no_list_is_unknown() -> None:
    assert len(_estimate(Resource=_resource("AWS::Example::Unheard")).having(Status.UNKNOWN)) == 1


def test_dynamic_capacity_is_what_the_usage_file_says_and_its_fee() -> None:
    cluster = _resource("AWS::EKS::Cluster", ComputeConfig={"Enabled": True})
    usage = Usage({"AWS::EKS::Cluster": {"auto_mode_instances": 2, "auto_mode_instance_type": "m7g.large"}})

    assert _estimate(usage, Cluster=cluster).cost.expected == pytest.approx(73 + 2 * 0.0816 * 730 * 1.12)
    assert [name for _, name, _ in _estimate(Cluster=cluster).without_price()] == ["Instances (Auto mode)"]


def test_a_role_that_may_start_instances_beside_a_cluster_is_said() -> None:
    def role(action: str) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Action": [action], "Resource": "*"}
        return _resource("AWS::IAM::Role", Policies=[{"PolicyDocument": {"Statement": [statement]}}])

    cluster = _resource("AWS::EKS::Cluster")
    starts, reads = (_estimate(Cluster=cluster, Role=role(f"ec2:{each}Instances")) for each in ("Run", "Describe"))
    usage = Usage({"AWS::EKS::Cluster": {"karpenter_instances": 2, "karpenter_instance_type": "m7g.large"}})

    assert [name for _, name, _ in starts.without_price()] == ["Instances (Karpenter)"]
    assert list(reads.without_price()) == []
    assert _estimate(usage, Cluster=cluster, Role=role("ec2:RunInstances")).cost.expected == pytest.approx(
        73 + 2 * 0.0816 * 730
    )


def test_an_amount_of_one_resource_counts_before_that_of_its_type() -> None:
    usage = Usage({"AWS::EC2::NatGateway": {"gb_processed": 10}, "stack/One": {"gb_processed": 100}})
    kind = _resource("AWS::EC2::NatGateway")

    assert _estimate(usage, One=kind, Two=kind).usage_cost == pytest.approx(110 * 0.045)


@pytest.mark.parametrize("amount", [-1, "much", True])
def test_an_amount_is_a_number(amount: object) -> None:
    usage = Usage({"AWS::EC2::NatGateway": {"gb_processed": amount}})

    with pytest.raises(UsageError, match=r"gb_processed of AWS::EC2::NatGateway: .* is not a number of at least 0"):
        _estimate(usage, Nat=_resource("AWS::EC2::NatGateway"))


def test_a_price_of_another_region_is_marked() -> None:
    nat = _resource("AWS::EC2::NatGateway")
    nodes = _resource("AWS::EKS::Nodegroup", InstanceTypes=["m7g.large"], DiskSize=0)

    text = report.table(_estimate(Usage(), "eu-west-1", Nat=nat, Nodes=nodes))

    assert "$32.85†" in text
    assert "$66.43\n" in text, "the price of Ireland"
    assert "† price of us-east-1, since none of eu-west-1 is on file" in text
    assert "†" not in report.table(_estimate(Usage(), "us-east-1", Nat=nat, Nodes=nodes))


def test_the_table_has_the_shape_of_infracost() -> None:
    nat = _resource("AWS::EC2::NatGateway")
    usage = Usage({"stack/One": {"gb_processed": 100}})

    assert report.table(_estimate(usage, One=nat, Two=nat, Vpc=_resource("AWS::EC2::VPC"))).splitlines() == [
        "Name                  Monthly Qty  Unit   Monthly Cost  Range",
        "",
        "stack                                           $70.20",
        "  One (EC2::NatGateway)",
        "   ├─ NAT gateway             730  hours        $32.85",
        "   └─ Data processed          100  GB           $4.50*",
        "  Two (EC2::NatGateway)",
        "   ├─ NAT gateway             730  hours        $32.85",
        "   └─ Data processed  depends on usage: $0.045 per GB",
        "",
        "Total                                           $70.20",
        "",
        "3 resources: 2 priced, 1 free",
        "Baseline $65.70, usage* $4.50, total $70.20",
        "* assumed by the usage file",
        "List prices in US dollars without tax, discounts, free tiers, and data transfer; 730 hours a month.",
    ]


def test_json_has_every_resource() -> None:
    graph = snapshot_graph("production")
    document = json.loads(report.as_json(Estimate.of(graph, Usage.read("small"))))

    found = {each["name"] for stack in document["stacks"] for each in stack["resources"]}
    assert found == {each.logical_id for each in graph.resources}
    costs = [
        line["monthlyCost"]["expected"]
        for stack in document["stacks"]
        for each in stack["resources"]
        for line in each["costComponents"]
        if line["monthlyCost"]
    ]
    assert sum(costs) == pytest.approx(document["monthlyCost"]["expected"], abs=0.01)


def test_markdown_has_the_sum_of_each_stack() -> None:
    estimate = Estimate.of(snapshot_graph("sandbox"), Usage())

    text = report.markdown(estimate)
    for stack in estimate.stacks:
        assert f"| {stack.name} | {report.money(stack.cost.expected)} |" in text


def test_a_difference_is_what_is_new_gone_and_changed() -> None:
    nat, address = _resource("AWS::EC2::NatGateway"), _resource("AWS::EC2::EIP")
    before = _estimate(Same=nat, Gone=address, Vpc=_resource("AWS::EC2::VPC"))
    after = _estimate(Same=nat, New=nat)

    assert difference.text(before, after).splitlines() == [
        "+$32.85  New (EC2::NatGateway) (new)  stack",
        " -$3.65  Gone (EC2::EIP) (gone)       stack",
        "",
        "Monthly cost rises by $29.20, from $36.50 to $65.70",
    ]
    assert difference.markdown(after, after) == "**Monthly cost stays $65.70**\n"


def test_the_alarms_of_target_tracking_are_counted() -> None:
    assert _estimate(Policy=_resource(POLICY, PolicyType="TargetTrackingScaling")).cost.expected == pytest.approx(0.2)
    assert _estimate(Policy=_resource(POLICY, PolicyType="StepScaling")).cost.expected == 0
