"""What may go wrong with any template."""

from __future__ import annotations

from tests.support.defects.defect import Defect, put, put_beside, set_in_template

_REGISTRY = "sandbox-registry"
_REPOSITORY = "AWS::ECR::Repository"

TEMPLATE = (
    Defect(
        name="misspelt property",
        stack=_REGISTRY,
        change=put(_REPOSITORY, "ImageTagMutabilty", "IMMUTABLE"),
        named_by=(
            "F3002",
            "E3002",
        ),
    ),
    Defect(
        name="value that is not in the list",
        stack=_REGISTRY,
        change=put(_REPOSITORY, "EncryptionConfiguration", {"EncryptionType": "AES-256"}),
        named_by=(
            "W3030",
            "E3030",
        ),
    ),
    Defect(
        name="text for a number",
        stack="sandbox-ecs-service-hello-host",
        change=put("AWS::ElasticLoadBalancingV2::TargetGroup", "HealthyThresholdCount", "two"),
        named_by=(
            "F3012",
            "E3012",
        ),
    ),
    Defect(
        name="missing property",
        stack=_REGISTRY,
        change=put("AWS::ECR::RepositoryCreationTemplate", "Prefix", None),
        named_by=(
            "F3003",
            "E3003",
        ),
    ),
    Defect(
        name="address range that is none",
        stack="sandbox-network",
        change=put("AWS::EC2::VPC", "CidrBlock", "10.0.0.0/33"),
        named_by=(
            "E3002",
            "pf-ec2-vpc-cidr-block-size",
        ),
    ),
    Defect(
        name="reference to nothing",
        stack="sandbox-ecs-service-hello-host",
        change=put("AWS::ECS::Service", "TaskDefinition", {"Ref": "TaskDefinitionOfYesterday"}),
        named_by=(
            "F1020",
            "E1020",
        ),
    ),
    Defect(
        name="attribute that the type does not have",
        stack="ecs-only-registry",
        change=put(_REPOSITORY, "EncryptionConfiguration.KmsKey", {"Fn::GetAtt": ["Key961B73FD", "Address"]}),
        named_by=(
            "E9004",
            "E1010",
        ),
    ),
    Defect(
        name="cycle",
        stack="ecs-only-registry",
        change=put_beside("AWS::KMS::Key", "DependsOn", ["Repositoryproxy65657879"]),
        named_by=(
            "F3004",
            "E3004",
        ),
    ),
    Defect(
        name="condition that is not defined",
        stack=_REGISTRY,
        change=put_beside(_REPOSITORY, "Condition", "IsProduction"),
        named_by=(
            "E8002",
            "E3015",
        ),
    ),
    Defect(
        name="condition that nothing uses",
        stack=_REGISTRY,
        change=set_in_template("Conditions.IsProduction", {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}),
        named_by=(
            "W8001",
            "W8001",
        ),
    ),
    Defect(
        name="output without a value",
        stack=_REGISTRY,
        change=set_in_template("Outputs.Empty", {"Description": "Nothing"}),
        named_by=("E6002",),
    ),
    Defect(
        name="type that does not exist",
        stack=_REGISTRY,
        change=put_beside(_REPOSITORY, "Type", "AWS::ECR::Repo"),
        named_by=(
            "F3006",
            "E3006",
        ),
    ),
    Defect(
        name="function that does not exist",
        stack=_REGISTRY,
        change=put(_REPOSITORY, "RepositoryName", {"Fn::Lower": "Sandbox"}),
        named_by=(
            "F3012",
            "E3012",
        ),
    ),
    Defect(
        name="removal policy that does not exist",
        stack=_REGISTRY,
        change=put_beside(_REPOSITORY, "DeletionPolicy", "Keep"),
        named_by=(
            "F3016",
            "E3035",
        ),
    ),
    Defect(
        name="custom resource",
        stack=_REGISTRY,
        change=set_in_template("Resources.Hook", {"Type": "Custom::Hook", "Properties": {"ServiceToken": "arn"}}),
        named_by=("cloudformation_has_no_code_of_its_own",),
    ),
    Defect(
        name="section that does not exist",
        stack=_REGISTRY,
        change=set_in_template("Output", {}),
        named_by=(
            "F0005",
            "E1001",
        ),
    ),
)
