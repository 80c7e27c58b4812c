"""Rules of names and tags."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import HEAD, RulePair, load_balancer

PAIRS = (
    RulePair(
        rule="name_can_begin_that_of_a_security_group",
        rejected=HEAD + "name: sg-prod\n",
        accepted=HEAD + "name: sgp-prod\n",
        message=(
            "name: 'sg-prod' is not allowed\n"
            "allowed: a name other than sg that does not begin with sg-\n"
            "why: CloudFormation names security groups after their stack, and Amazon EC2 refuses a name that begins "
            "with sg-."
        ),
    ),
    RulePair(
        rule="name_can_begin_that_of_a_security_group: with the name of a stack",
        rejected=HEAD + "name: sg\n",
        accepted=HEAD + "name: sg1\n",
        message=(
            "name: 'sg' is not allowed\n"
            "allowed: a name other than sg that does not begin with sg-\n"
            "why: CloudFormation names security groups after their stack, and Amazon EC2 refuses a name that begins "
            "with sg-."
        ),
    ),
    RulePair(
        rule="name_can_begin_that_of_a_bucket",
        rejected=load_balancer("{plain_http: true}") + "name: sthree-prod\n",
        accepted=load_balancer("{plain_http: true, access_log_retention_days: null}") + "name: sthree-prod\n",
        message=(
            "name: 'sthree-prod' is not allowed\n"
            "allowed: a name with another beginning than sthree-\n"
            "why: CloudFormation names the bucket of access logs after its stack, and Amazon S3 reserves these "
            "beginnings."
        ),
    ),
    RulePair(
        rule="name_can_begin_that_of_a_bucket: with the name of a stack",
        rejected=load_balancer("{plain_http: true}") + "name: amzn-s3-demo\n",
        accepted=load_balancer("{plain_http: true}") + "name: amzn-s3-demos\n",
        message=(
            "name: 'amzn-s3-demo' is not allowed\n"
            "allowed: a name with another beginning than amzn-s3-demo-\n"
            "why: CloudFormation names the bucket of access logs after its stack, and Amazon S3 reserves these "
            "beginnings."
        ),
    ),
    RulePair(
        rule="tag_value_is_not_reserved",
        rejected=HEAD.replace("owner: team", "owner: 'AWS:team'"),
        accepted=HEAD.replace("owner: team", "owner: 'AWS team'"),
        message=(
            "tags.owner: 'AWS:team' is not allowed\n"
            "allowed: a value that does not begin with aws:\n"
            "why: AWS refuses a tag that begins with aws:, in uppercase or lowercase."
        ),
    ),
    RulePair(
        rule="tag_value_is_not_reserved: of a further tag",
        rejected=HEAD.replace("owner: team", "additional: {team: 'aws:team'}, owner: team"),
        accepted=HEAD.replace("owner: team", "additional: {team: 'aws team'}, owner: team"),
        message=(
            "tags.additional.team: 'aws:team' is not allowed\n"
            "allowed: a value that does not begin with aws:\n"
            "why: AWS refuses a tag that begins with aws:, in uppercase or lowercase."
        ),
    ),
    RulePair(
        rule="tag_key_comes_once",
        rejected=HEAD.replace("owner: team", "additional: {Owner: shop}, owner: team"),
        accepted=HEAD.replace("owner: team", "additional: {Owners: shop}, owner: team"),
        message=(
            "tags.additional.Owner: the environment already has the tag owner\n"
            "fix: remove one of the two, or give it another key\n"
            "why: IAM takes keys that differ only in uppercase and lowercase for the same key, and refuses the second "
            "one."
        ),
    ),
    RulePair(
        rule="tag_key_comes_once: among the further tags",
        rejected=HEAD.replace("owner: team", "additional: {Project: shop, project: shop}, owner: team"),
        accepted=HEAD.replace("owner: team", "additional: {Project: shop, projects: shop}, owner: team"),
        message=(
            "tags.additional.project: the environment already has the tag Project\n"
            "fix: remove one of the two, or give it another key\n"
            "why: IAM takes keys that differ only in uppercase and lowercase for the same key, and refuses the second "
            "one."
        ),
    ),
    RulePair(
        rule="tag_key_has_no_meaning_of_its_own",
        rejected=HEAD.replace("owner: team", "additional: {kubernetes.io/role/elb: '1'}, owner: team"),
        accepted=HEAD.replace("owner: team", "additional: {kubernetes/role/elb: '1'}, owner: team"),
        message=(
            "tags.additional.kubernetes.io/role/elb: 'kubernetes.io/role/elb' is not allowed\n"
            "allowed: a key other than Name that does not begin with eks:, k8s.io/, karpenter.k8s.aws/, karpenter.sh/, "
            "or kubernetes.io/\n"
            "why: AWS and Kubernetes controllers find their resources by these keys, and would take every resource for "
            "theirs."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
