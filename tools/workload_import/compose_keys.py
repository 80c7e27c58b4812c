"""Keys of a service in a Compose file that an environment file does not have, with the reason that is printed."""

from __future__ import annotations

from typing import Final

_LOCAL: Final = "it is for Docker on one machine"
_HOST: Final = "it is about the machine below the containers, which Fargate does not show"
_LIMITS: Final = "Amazon ECS has no such limit; CPU and memory of the task are the limits"
_NAMES: Final = "names of other services are not resolved here yet; Service Connect and service discovery are to come"
_DNS: Final = "in a VPC, tasks use the resolver of the VPC; DNS is changed there"
_DEVELOPMENT: Final = "it is for development on one's own machine"

WITHOUT_MEANING: Final = {
    "container_name": "Amazon ECS names containers",
    "hostname": "a task has the host name that the VPC gives it",
    "domainname": "a task has the host name that the VPC gives it",
    "attach": _LOCAL,
    "stdin_open": "nobody is at the other end of the standard input of a task",
    "init": "every container has an init process here",
    "pull_policy": "a task pulls its image whenever it starts",
    "develop": _DEVELOPMENT,
    "mac_address": "each task has a network interface, whose address the VPC gives it",
    "networks": "tasks have a security group each, in one VPC; there are no networks by name",
    "isolation": "it is for Windows on one machine",
}
NOT_CARRIED: Final = {
    "annotations": "Amazon ECS has none; use tags of the environment",
    "blkio_config": _LIMITS,
    "cpu_count": _LIMITS,
    "cpu_percent": _LIMITS,
    "cpu_period": _LIMITS,
    "cpu_quota": _LIMITS,
    "cpu_rt_period": _LIMITS,
    "cpu_rt_runtime": _LIMITS,
    "cpu_shares": "it is a share in the processor of one machine; containers of a task share its cpu_units alike",
    "cpuset": _HOST,
    "cgroup": _HOST,
    "cgroup_parent": _HOST,
    "credential_spec": "it is for Windows in a domain, which is not offered",
    "device_cgroup_rules": _HOST,
    "dns": _DNS,
    "dns_opt": _DNS,
    "dns_search": _DNS,
    "external_links": _NAMES,
    "links": _NAMES,
    "extra_hosts": "tasks with a network interface of their own have no further hosts; use DNS, such as a private zone",
    "group_add": "Amazon ECS has no supplementary groups; the user can have one group, as in 1000:1000",
    "ipc": _HOST,
    "pid": _HOST,
    "uts": _HOST,
    "userns_mode": _HOST,
    "label_file": "state the labels below labels",
    "labels": "this is no label",
    "mem_swappiness": "tasks on Fargate have no swap",
    "memswap_limit": "tasks on Fargate have no swap",
    "oom_kill_disable": _HOST,
    "oom_score_adj": _HOST,
    "pids_limit": _LIMITS,
    "post_start": "Amazon ECS runs nothing in a container after its start; make it part of the entry point",
    "pre_start": "Amazon ECS runs nothing before a container; make it a container that others wait for with SUCCESS",
    "pre_stop": "Amazon ECS sends SIGTERM and nothing else; have the program do it then",
    "reserved_devices": "Amazon ECS reserves GPUs of NVIDIA and AWS Neuron devices, and no others",
    "runtime": _HOST,
    "security_opt": "Fargate takes no Docker security options",
    "shm_size": "Fargate has no size of shared memory: tell the program to use another directory, "
    "or run the task on EC2 capacity, and state shared_memory_mib",
    "stop_signal": "Amazon ECS sends the STOPSIGNAL of the image; set it there",
    "storage_opt": _LIMITS,
    "sysctls": "a container cannot have this kernel parameter for itself",
    "ulimits": "this is no limit that Amazon ECS has",
    "working_dir": "this is no absolute path",
    "use_api_socket": "there is no Docker daemon to talk to, and access to one is access to the whole machine",
}
DECIDE: Final = {
    "devices": "there are no devices of a machine on Fargate; GPUs need EC2 capacity",
    "gpus": "GPUs need EC2 capacity with instances that have them",
    "models": "models are not run beside tasks; use Amazon Bedrock, or a service of your own",
    "provider": "it is made by a plug-in of Compose: create what it stands for",
    "privileged": "it is root on the machine, which Fargate does not allow and this repository does not offer; "
    "name the Linux capabilities that the program needs below capabilities",
}
OF_DEPLOY: Final = {
    "endpoint_mode": "the load balancer or service discovery spreads requests",
    "labels": "labels of a Swarm service are read by nothing here; use tags of the environment",
    "placement": "tasks are spread over the Availability Zones; nodes of a Swarm do not exist here",
    "update_config": "deployments replace tasks without interruption, and roll back when that fails",
    "rollback_config": "deployments roll back by themselves",
}
OF_THE_FILE: Final = {
    "version": "Compose does not read it",
    "name": "stacks are named after the environment",
    "networks": "tasks have a security group each, in one VPC; there are no networks by name",
}
