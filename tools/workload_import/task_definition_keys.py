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
    "ephemeralStorage": "ephemeral storage is not offered; Fargate gives a task 20 GiB",
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
    "dockerLabels": "labels are not offered",
    "environmentFiles": "files of variables are not offered: put the variables below environment, or below secrets",
    "systemControls": "kernel parameters are not offered",
    "ulimits": "limits of resources are not offered",
    "workingDirectory": "a working directory is not offered; set WORKDIR in the image",
    "startTimeout": "a start time-out is not offered",
    "restartPolicy": "a restart policy is not offered; the service replaces a task whose essential container stops",
    "memoryReservation": "a soft limit is not offered; the memory of the task is the limit",
    "versionConsistency": "the tag of an image is resolved when the service is deployed",
    "repositoryCredentials": "credentials of a registry are not offered: copy the image to Amazon ECR",
    "firelensConfiguration": "log routers are not offered; logs go to Amazon CloudWatch Logs",
    "volumesFrom": "volumes are not offered yet; a path that may be empty at the start goes below writable_paths",
    "mountPoints": "only empty volumes that containers share are carried over: state the volume and its mounts",
    "credentialSpecs": "Windows in a domain is not offered",
    "resourceRequirements": "GPUs need EC2 capacity with instances that have them",
}
OF_A_CONTAINER_WITHOUT_MEANING: Final = {
    "interactive": "nobody is at the other end of the standard input of a task",
    "pseudoTerminal": "nobody is at a terminal of a task; set execute_command to open a session",
}
OF_LINUX: Final = {
    "devices": "there are no devices of a machine on Fargate; they need EC2 capacity",
    "maxSwap": "tasks on Fargate have no swap",
    "swappiness": "tasks on Fargate have no swap",
    "sharedMemorySize": "shared memory is not offered",
}
