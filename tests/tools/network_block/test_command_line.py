"""The keys that are printed are those of the VPC that was recorded, and a file with them is accepted."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.rule_pairs import HEAD, MANAGED, eks, problems
from tools.network_block.__main__ import main

RECORDED = Path(__file__).parent / "recorded"
FILES = [str(file) for file in sorted(RECORDED.glob("*.json"))]
VPC = "vpc-0c3f5a7d9e1b2a4c6"
BLOCK = """\
availability_zones: [us-west-2a, us-west-2b]

network:
  existing:
    vpc_id: vpc-0c3f5a7d9e1b2a4c6
    cidrs: [10.40.0.0/20, 100.64.0.0/18]
    private_subnets:
      us-west-2a:   # or subnet-02a4c6e8f0b1d3a5c (10.40.4.0/24)
        subnet_id: subnet-02a4c6e8f0b1d3a5a
        cidr: 100.64.0.0/20
      us-west-2b:
        subnet_id: subnet-02a4c6e8f0b1d3a5b   # without the tag kubernetes.io/role/internal-elb
        cidr: 100.64.16.0/20
    public_subnets:
      us-west-2a:
        subnet_id: subnet-02a4c6e8f0b1d3a6a
        cidr: 10.40.0.0/24
      us-west-2b:
        subnet_id: subnet-02a4c6e8f0b1d3a6b
        cidr: 10.40.1.0/24
    internet_access: true
    interface_endpoints: [ecr.api, ecr.dkr, logs]
    gateway_endpoints: [s3]
    route_table_ids: [rtb-0d1e2f3a4b5c6d7ea, rtb-0d1e2f3a4b5c6d7ec]
    # endpoints that no rule asks for: athena
    # not in an Availability Zone: subnet-02a4c6e8f0b1d3a7a in us-west-2-lax-1a
"""
LOAD_BALANCER_FILES = [str(file) for file in sorted((RECORDED / "load_balancer").glob("*.json"))]
LISTENER = "arn:aws:elasticloadbalancing:us-west-2:111122223333:listener/app/shared/50dc6c495c0c9188"
LOAD_BALANCER_BLOCK = f"""\
ecs:
  load_balancer:
    existing:   # internet-facing, HTTPS 443; or HTTP 80
      listener_arn: {LISTENER}/f2f7dc8efc522ab2
      security_group_id: sg-05e7d9c1b3a5f7e9a   # or sg-05e7d9c1b3a5f7e9b
      # target_security_group_id: the group of the targets, if its outbound rules name one
      taken_priorities: [20, 100]   # without those of your own services
"""


def changed(tmp_path: Path, name: str, change: Callable[[Any], object]) -> list[str]:
    """The recorded answers, with one of them changed."""
    answer = json.loads((RECORDED / f"{name}.json").read_text())
    change(answer)
    (tmp_path / f"{name}.json").write_text(json.dumps(answer))
    return [str(tmp_path / f"{name}.json"), *(file for file in FILES if Path(file).stem != name)]


def test_the_block_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(FILES) == 0
    assert capsys.readouterr().out == BLOCK


def test_answers_are_read_from_standard_input_one_after_another(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(Path(file).read_text() for file in FILES)))
    assert main([]) == 0
    assert capsys.readouterr().out == BLOCK


def test_a_file_with_the_block_is_accepted(tmp_path: Path) -> None:
    head = HEAD.replace("region: eu-west-1", "region: us-west-2")
    rest = head.replace("availability_zones: [eu-west-1a, eu-west-1b]\n", "")
    assert problems(tmp_path, eks(MANAGED, head=rest + BLOCK)) == []


def test_a_route_that_leads_to_nothing_is_no_way_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def break_it(answer: Any) -> None:  # noqa: ANN401 - JSON
        answer["RouteTables"][2]["Routes"][1]["State"] = "blackhole"

    assert main(changed(tmp_path, "route_tables", break_it)) == 0
    assert "    internet_access: false   # there is no default route in us-west-2b\n" in capsys.readouterr().out


def test_an_association_of_its_own_counts_before_the_main_route_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def make_public(answer: Any) -> None:  # noqa: ANN401 - JSON
        associations = answer["RouteTables"][1]["Associations"]
        associations.append({**associations[0], "SubnetId": "subnet-02a4c6e8f0b1d3a5b"})

    assert main(changed(tmp_path, "route_tables", make_public)) == 2
    told = capsys.readouterr().err
    assert told == f"nothing is printed: {VPC} has private subnets in us-west-2a; two are needed\n"


def test_of_several_vpcs_one_has_to_be_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def add(answer: Any) -> None:  # noqa: ANN401 - JSON
        answer["Vpcs"].append({**answer["Vpcs"][0], "VpcId": "vpc-1a2b3c4d"})

    files = changed(tmp_path, "vpcs", add)
    assert main(files) == 2
    assert capsys.readouterr().err == f"nothing is printed: choose one VPC of: {VPC}, vpc-1a2b3c4d\n"
    assert main(["--vpc", VPC, *files]) == 0
    assert capsys.readouterr().out == BLOCK


def test_a_missing_answer_is_named_with_its_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(FILES[:1]) == 2
    told = capsys.readouterr().err
    assert "aws ec2 describe-vpcs --output json; aws ec2 describe-subnets --output json" in told


def test_what_is_no_json_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "text.json").write_text("VPCS\t10.0.0.0/16")
    assert main([str(tmp_path / "text.json")]) == 2
    assert capsys.readouterr().err.startswith("nothing is printed: this is no JSON, which --output json gives: ")


def test_the_block_of_the_load_balancer_follows_that_of_the_vpc(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*FILES, *LOAD_BALANCER_FILES]) == 0
    assert capsys.readouterr().out == f"{BLOCK}\n{LOAD_BALANCER_BLOCK}"


def test_a_load_balancer_alone_has_a_block_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--vpc", VPC, *LOAD_BALANCER_FILES]) == 0
    assert capsys.readouterr().out == LOAD_BALANCER_BLOCK


def test_a_file_with_both_blocks_is_accepted(tmp_path: Path) -> None:
    head = HEAD.replace("region: eu-west-1", "region: us-west-2")
    rest = head.replace("availability_zones: [eu-west-1a, eu-west-1b]\n", "")
    container = "{image: public.ecr.aws/nginx/nginx-unprivileged:1.29, port: 8080}"
    service = f"  services: {{web: {{containers: {{web: {container}}}, routing: {{path_patterns: [/*]}}}}}}\n"
    assert problems(tmp_path, rest + BLOCK + LOAD_BALANCER_BLOCK + service) == []


def test_of_several_load_balancers_one_has_to_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(LOAD_BALANCER_FILES) == 2
    told = capsys.readouterr().err
    assert told == "nothing is printed: choose one Application Load Balancer of: shared, elsewhere\n"
    assert main(["--load-balancer", "shared", *LOAD_BALANCER_FILES]) == 0
    assert capsys.readouterr().out == LOAD_BALANCER_BLOCK


def test_rules_of_another_listener_are_not_taken_for_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--load-balancer", "shared", "--port", "80", *LOAD_BALANCER_FILES]) == 2
    assert capsys.readouterr().err == (
        "nothing is printed: there is no answer of: aws elbv2 describe-rules --listener-arn "
        f"{LISTENER}/a1b2c3d4e5f60718 --output json\n"
    )


def test_a_port_without_a_listener_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--load-balancer", "shared", "--port", "8443", *LOAD_BALANCER_FILES]) == 2
    assert capsys.readouterr().err == "nothing is printed: choose the listener of one port of: 443, 80\n"


def test_a_missing_answer_about_the_load_balancer_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    rules = [file for file in LOAD_BALANCER_FILES if file.endswith("rules.json")]
    assert main([*FILES, *rules]) == 2
    assert capsys.readouterr().err == (
        "nothing is printed: there is no answer of: aws elbv2 describe-load-balancers --output json; "
        "aws elbv2 describe-listeners --load-balancer-arn ARN --output json\n"
    )


def test_listeners_of_another_load_balancer_are_not_taken_for_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--load-balancer", "elsewhere", *LOAD_BALANCER_FILES]) == 2
    assert "aws elbv2 describe-listeners --load-balancer-arn" in capsys.readouterr().err
