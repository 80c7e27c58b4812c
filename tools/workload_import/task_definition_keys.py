"""Keys of a task definition that an environment file does not have, with the reason that is printed."""

from __future__ import annotations

from typing import Final

_OF_AMAZON_ECS: Final = "Amazon ECS says it of a task definition; nobody states it"
_EC2: Final = "it is for containers that share the network of an instance; here, each task has a network interface"
_ROLE: Final = (
    "roles are created with the task, and no permission is taken along: look at what the policies of this role allow "
    "(aws iam list-attached-role-policies, aws iam list-role-policies)"
)

OF_THE_TASK: Final = {
    "taskDefinitionArn": _OF_AMAZON_ECS,
    "revision": _OF_AMAZON_ECS,
    "status": _OF_AMAZON_ECS,
    "requiresAttributes": _OF_AMAZON_ECS,
    "compatibilities": _OF_AMAZON_ECS,
    "registeredAt": _OF_AMAZON_ECS,
    "registeredBy": _OF_AMAZON_ECS,
    "deregisteredAt": _OF_AMAZON_ECS,
    "deleteRequestedAt": _OF_AMAZON_ECS,
}
OF_THE_TASK_DECIDE: Final = {
    "taskRoleArn": f"{_ROLE}, and write what the application needs of it below task_role_statements",
    "executionRoleArn": f"{_ROLE}; the one that is created can pull the images, read the secrets, and write logs",
    "ephemeralStorage": "Fargate gives a task 20 GiB, or what ephemeral_storage_gib says, up to 200",
    "placementConstraints": "instances are chosen by capacity_provider_strategy: describe them in ecs.capacity",
    "proxyConfiguration": "AWS App Mesh has ended; Service Connect is to come",
    "inferenceAccelerators": "Amazon Elastic Inference has ended; use instances with AWS Inferentia",
    "enableFaultInjection": "fault injection is not offered",
    "pidMode": "containers of a task do not see each other's processes here",
    "ipcMode": "containers of a task do not share memory here",
}
OF_A_CONTAINER: Final = {
    "links": _EC2,
    "hostname": _EC2,
    "dnsServers": _EC2,
    "dnsSearchDomains": _EC2,
    "extraHosts": _EC2,
    "disableNetworking": _EC2,
    "dockerSecurityOptions": "Fargate takes no Docker security options",
    "dockerLabels": "this is no label",
    "environmentFiles": "state the ARN of an object in Amazon S3 whose name ends with .env below environment_files",
    "systemControls": "a container cannot have this kernel parameter for itself",
    "ulimits": "this is no limit that Amazon ECS has",
    "workingDirectory": "this is no absolute path",
    "startTimeout": "this is no number of seconds that Amazon ECS takes",
    "restartPolicy": "without restart_policy, containers are not restarted",
    "memoryReservation": "this is no amount of memory that Amazon ECS takes",
    "versionConsistency": "the tag of an image is resolved when the service is deployed",
    "repositoryCredentials": "state the full ARN of the secret as repository_credentials_arn",
    "firelensConfiguration": "state log_router, which adds a container by itself, and remove this one",
    "volumesFrom": "state a volume of the task, and mounts of the containers",
    "mountPoints": "state the volume below volumes of the task, and the path below mounts",
    "credentialSpecs": "Windows in a domain is not offered",
}
OF_A_CONTAINER_WITHOUT_MEANING: Final = {
    "interactive": "nobody is at the other end of the standard input of a task",
}
OF_LINUX: Final = {
    "devices": "there are no devices of a machine on Fargate; they need EC2 capacity",
    "maxSwap": "tasks on Fargate have no swap",
    "swappiness": "tasks on Fargate have no swap",
    "sharedMemorySize": "Fargate has no size of shared memory: tell the program to use another directory, "
    "or run the task on EC2 capacity, and state shared_memory_mib",
}
